// ajv_bench.mjs FOLDER MODULES: nanoseconds ajv takes for each FOLDER/NAME.json against FOLDER/NAME.schema.json, as JSON.
// The validate function is compiled and warm, documents are parsed before, formats are annotations.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, modules] = process.argv.slice(2);
const Ajv = createRequire(join(modules, "package.json"))("ajv/dist/2020").default;
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const seconds = 0.2;

function measure(validate, document) {
  let rounds = 1;
  for (;;) {
    const start = process.hrtime.bigint();
    let valid = true;
    for (let i = 0; i < rounds; ++i) valid = validate(document) && valid;
    const took = Number(process.hrtime.bigint() - start);
    if (!valid) throw new Error("the document is not valid");
    if (took > seconds * 1e9) return took / rounds;
    rounds = Math.ceil(rounds * Math.max(2, Math.min(10, (seconds * 1e9) / took)));
  }
}

const out = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith(".schema.json")).sort()) {
  const name = file.slice(0, -".schema.json".length);
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(read(file));
  out[name] = measure(validate, read(`${name}.json`));
}
console.log(JSON.stringify(out));
