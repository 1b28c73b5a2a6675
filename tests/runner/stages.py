#!/usr/bin/env python3
"""Every stage of the test command, in order, one line each; the sum is the last line, `N passed, N failed`.

A stage that a failed build takes its binary from is reported as one failure, not left out. What a stage says goes to
build/test-logs/NAME.log; of a failed one the end is printed. Services started here are stopped here, whatever happens.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import session

ROOT = Path(__file__).resolve().parent.parent.parent
LOGS = ROOT / "build/test-logs"
PYTHON = sys.executable
SUM = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)
TSAN_MODULES = ("store", "store_sqlite", "store_postgres", "journal", "journal_webhook", "service", "http")
FUZZ_SECONDS = {"normal": 20, "long": 300}
CONTRACT_SECONDS_LONG = 600


@dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    said: str = ""


@dataclass
class Run:
    """What the stages share: the options, the database's address, and the builds that did not succeed."""

    quick: bool
    long: bool
    jobs: int = os.cpu_count() or 1
    postgres_url: str = ""
    keycloak_url: str = ""
    redis_url: str = ""
    broken_builds: set[str] = field(default_factory=set)

    def environment(self) -> dict[str, str]:
        made = dict(os.environ)
        made["XZEPR_TEST_PG"] = self.postgres_url
        made["XZEPR_LONG"] = "1" if self.long else ""
        made["PYTHONDONTWRITEBYTECODE"] = "1"
        made["ASAN_OPTIONS"] = "detect_leaks=1:abort_on_error=0"
        made["UBSAN_OPTIONS"] = "print_stacktrace=1"
        made["TSAN_OPTIONS"] = "halt_on_error=0:exitcode=66"
        if not self.postgres_url:
            del made["XZEPR_TEST_PG"]
        if self.keycloak_url:
            made["XZEPR_TEST_KEYCLOAK"] = self.keycloak_url
        if self.redis_url:
            made["XZEPR_TEST_REDIS"] = self.redis_url
        return made


def call(run: Run, *command, timeout: float = 1800) -> tuple[int, str]:
    return session.call([str(part) for part in command], ROOT, run.environment(), timeout)


def verdict(code: int, said: str) -> Outcome:
    """One check that passes or fails as a whole."""
    return Outcome(int(code == 0), int(code != 0), said)


def summed(code: int, said: str) -> Outcome:
    """The last `N passed, N failed` line; a bad exit without a failed count is one failure."""
    found = SUM.findall(said)
    passed, failed = (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)
    if code != 0 and failed == 0:
        failed = 1
    return Outcome(passed, failed, said)


# --- checks -----------------------------------------------------------------------------------------------------


def check_format(run: Run) -> Outcome:
    sources = [p for folder in ("src", "bin", "tests") for s in ("*.cpp", "*.hpp") for p in (ROOT / folder).rglob(s)]
    if not sources:
        return Outcome(1, 0, "")
    code, said = call(run, "clang-format-19", "--dry-run", "-Werror", *sources)
    wrong = sorted(set(re.findall(r"^(/\S+?):\d+:\d+: error", said, re.MULTILINE)))
    shown = " ".join(os.path.relpath(path, ROOT) for path in wrong)
    return verdict(code, f"clang-format-19 -i {shown}\n" if wrong else said)


def check_layers(run: Run) -> Outcome:
    return verdict(*call(run, PYTHON, "tools/check_layers.py"))


def check_tidy(run: Run) -> Outcome:
    return verdict(*call(run, PYTHON, "tools/tidy.py"))


def pytest_outcome(run: Run, folder: str, timeout: int, *more: str) -> Outcome:
    code, said = call(run, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=8", folder, *more, timeout=timeout)
    counts = dict.fromkeys(("passed", "failed", "error", "errors", "skipped"), 0)
    last = [line for line in said.splitlines() if re.search(r"\d+ (passed|failed|error|skipped)", line)]
    for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", last[-1] if last else ""):
        counts[word] = int(number)
    failed = counts["failed"] + counts["error"] + counts["errors"]
    return Outcome(counts["passed"], failed or int(code != 0), said)


def check_tools(run: Run) -> Outcome:
    return pytest_outcome(run, "tests/tools", 300)


# --- builds -----------------------------------------------------------------------------------------------------


def build(run: Run, preset: str, *targets: str) -> Outcome:
    outcome = verdict(*call(run, "scripts/build", preset, *targets))
    if outcome.failed:
        run.broken_builds.add(preset)
    return outcome


def build_dev(run: Run) -> Outcome:
    return build(run, "dev")


def build_release(run: Run) -> Outcome:
    return build(run, "release")


def build_headers(run: Run) -> Outcome:
    return build(run, "dev", "all_verify_interface_header_sets")


def check_hardening(run: Run) -> Outcome:
    return verdict(*call(run, PYTHON, "tools/check_hardening.py", "build/release/xzepr"))


# --- tests of the binaries --------------------------------------------------------------------------------------


def gtest_binary(run: Run, binary: Path, preset: str) -> Outcome:
    report = LOGS / f"{preset}-{binary.name}.json"
    report.unlink(missing_ok=True)
    # Plans of a large database are about one statement at a time: nothing for the thread sanitizer.
    chosen = ["--gtest_filter=-*Plans*:*LargeDatabase*"] if preset == "tsan" else []
    code, said = call(run, binary, f"--gtest_output=json:{report}", "--gtest_brief=1", *chosen, timeout=900)
    if not report.exists():
        return Outcome(0, 1, f"{binary.name}: ended with {code} before its report\n{said}")
    read = json.loads(report.read_text())
    failed = read["failures"] + read["errors"]
    if code != 0 and failed == 0:
        failed = 1  # a sanitizer's report after the last test
    return Outcome(read["tests"] - read["disabled"] - read["failures"], failed, f"{binary.name}: exit {code}\n{said}")


def gtest_binaries(run: Run, preset: str, wanted: list[Path]) -> Outcome:
    total = Outcome()
    with ThreadPoolExecutor(run.jobs) as pool:
        for outcome in pool.map(lambda binary: gtest_binary(run, binary, preset), wanted):
            total.passed += outcome.passed
            total.failed += outcome.failed
            total.said += outcome.said if outcome.failed else ""
    if not wanted:
        return Outcome(0, 1, f"no test binary under build/{preset}/tests")
    return total


def unit(run: Run) -> Outcome:
    total = gtest_binaries(run, "dev", sorted((ROOT / "build/dev/tests").glob("xzepr_*_test")))
    for binary in sorted((ROOT / "build/dev/tests/fuzz").glob("*_fuzz")):
        replayed = verdict(*call(run, binary, ROOT / "tests/fuzz/corpus" / binary.name.removesuffix("_fuzz")))
        total.passed += replayed.passed
        total.failed += replayed.failed
        total.said += f"{binary.name}: replay of its corpus failed\n{replayed.said}" if replayed.failed else ""
    return total


def cases(run: Run, store: str) -> Outcome:
    command = [PYTHON, "tests/runner/run.py", "--binary", "build/dev/xzepr", "--store", store]
    if store == "postgres":
        command += ["--url", run.postgres_url]
    return summed(*call(run, *command, timeout=900))


def cases_sqlite(run: Run) -> Outcome:
    return cases(run, "sqlite")


def cases_postgres(run: Run) -> Outcome:
    return cases(run, "postgres")


def messages(run: Run) -> Outcome:
    code, said = call(run, "tests/messages/install.sh")
    if code != 0:
        return verdict(code, said)
    total = Outcome()
    for script in ("read.py", "read_webhooks.py"):
        one = summed(*call(run, said.splitlines()[-1], f"tests/messages/{script}"))
        total.passed += one.passed
        total.failed += one.failed
        total.said += one.said
    return total


def contract(run: Run, *work) -> Outcome:
    command = [PYTHON, "tests/contract/contract.py", "--binary", "build/dev/xzepr", *work]
    return summed(*call(run, *command, timeout=CONTRACT_SECONDS_LONG + 900))


def check_description(run: Run) -> Outcome:
    return contract(run, "lint")


def fuzz_contract(run: Run, *store) -> Outcome:
    seconds = ["--seconds", CONTRACT_SECONDS_LONG] if run.long else []
    return contract(run, "fuzz", "--store", *store, *seconds)


def contract_sqlite(run: Run) -> Outcome:
    return fuzz_contract(run, "sqlite")


def contract_postgres(run: Run) -> Outcome:
    return fuzz_contract(run, "postgres", "--url", run.postgres_url)


def browser(run: Run) -> Outcome:
    return verdict(*call(run, "scripts/deps", "--test", "--browser"))


def json_schema(run: Run) -> Outcome:
    """The official suite of both drafts; fetched once."""
    return summed(*call(run, PYTHON, "tests/jsonschema/run_suite.py", timeout=300))


def toxiproxy(run: Run) -> Outcome:
    """Built once. The tests start one of their own."""
    return verdict(*call(run, "tests/services/toxiproxy.sh", "install"))


def e2e(run: Run) -> Outcome:
    return pytest_outcome(run, "tests/e2e", 3600 if run.long else 1800, "--ignore=tests/e2e/kafka")


def kafka(run: Run) -> Outcome:
    """A broker of its own, which the tests stop and kill. The log of a long run has what each test counted."""
    return pytest_outcome(run, "tests/e2e/kafka", 7200 if run.long else 1800, *(["-rP"] if run.long else []))


def tsan(run: Run) -> Outcome:
    binaries = [f"xzepr_{module}_test" for module in TSAN_MODULES if any((ROOT / "src" / module.replace("_", "/")).glob("*_test.cpp"))]
    outcome = build(run, "tsan", *binaries)
    if outcome.failed:
        return outcome
    return gtest_binaries(run, "tsan", [ROOT / "build/tsan/tests" / binary for binary in binaries])


def fuzz_one(run: Run, binary: Path, seconds: int) -> Outcome:
    """A normal run draws the same inputs each time, so that a commit that passed passes again; a long one draws new ones."""
    name = binary.name
    with tempfile.TemporaryDirectory() as found:
        seeds = [p for p in (ROOT / "tests/fuzz/corpus" / name, ROOT / "tests/fuzz/corpus" / name.removesuffix("_fuzz")) if p.is_dir()]
        code, said = call(
            run, binary, f"-max_total_time={seconds}", f"-seed={0 if run.long else 1}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
            f"-artifact_prefix={LOGS}/{name}-", found, *seeds, timeout=seconds + 120,
        )
    return verdict(code, "" if code == 0 else f"{name}: exit {code}\n{found_by_fuzzer(said)}\n")


def found_by_fuzzer(said: str) -> str:
    """What it stopped for, with the input in Base64; without its notes of progress."""
    return "\n".join(line for line in said.splitlines() if not re.match(r"#\d+\t|\"|#+ ", line))[-6000:]


def fuzz(run: Run) -> Outcome:
    outcome = build(run, "fuzz", "fuzzers")
    if outcome.failed:
        return outcome
    seconds = FUZZ_SECONDS["long" if run.long else "normal"]
    binaries = sorted(p for p in (ROOT / "build/fuzz").rglob("*_fuzz") if p.is_file() and os.access(p, os.X_OK))
    total = Outcome()
    with ThreadPoolExecutor(run.jobs) as pool:
        for one in pool.map(lambda binary: fuzz_one(run, binary, seconds), binaries):
            total.passed += one.passed
            total.failed += one.failed
            total.said += one.said
    return total if binaries else Outcome(0, 1, "tests/fuzz exists, but the build made no *_fuzz binary")


# --- services ---------------------------------------------------------------------------------------------------


class Service:
    """One of tests/services for all stages, on a free port, its files outside the clone so that its user may reach them."""

    def __init__(self, name: str, port_variable: str):
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix="xzepr-test-"))
        self.folder.chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = {port_variable: str(probe.getsockname()[1])}

    def _script(self, verb: str) -> subprocess.CompletedProcess:
        # Its output goes to a file: the server started in the background would keep a pipe open.
        with (LOGS / f"{self.name}-{verb}.log").open("w+") as log:
            done = subprocess.run(
                [ROOT / f"tests/services/{self.name}.sh", verb, self.folder / self.name], cwd=ROOT, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.port}, stdout=log, stderr=subprocess.STDOUT, text=True,
            )
            log.seek(0)
            done.stdout = log.read()
        return done

    def begin(self) -> tuple[str, Outcome]:
        """Its address, "" when it does not start."""
        done = self._script("start")
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)  # Maven ends its colours even where it has none
        address = said.strip().splitlines()[-1] if done.returncode == 0 else ""
        return address, verdict(done.returncode, done.stdout)

    def stop(self):
        if self.folder.exists():
            self._script("stop")
            shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Service):
    def __init__(self):
        super().__init__("postgres", "PG_PORT")

    def start(self, run: Run) -> Outcome:
        run.postgres_url, outcome = self.begin()
        return outcome


class Redis(Service):
    def __init__(self):
        super().__init__("redis", "REDIS_PORT")

    def start(self, run: Run) -> Outcome:
        run.redis_url, outcome = self.begin()
        return outcome


def keycloak(run: Run) -> Outcome:
    """Logins at a real provider. It starts in about half a minute, once it is there; to load it takes another."""
    provider = Service("keycloak", "KEYCLOAK_PORT")
    try:
        run.keycloak_url, outcome = provider.begin()
        if outcome.failed:
            return outcome
        binary = ROOT / "build/dev/tests/xzepr_identity_oidc_test"
        client = verdict(*call(run, binary, "--gtest_filter=Keycloak*", "--gtest_brief=1", timeout=300))
        server = pytest_outcome(run, "tests/e2e/test_provider_logins.py", 300, "-k", "keycloak")
        return Outcome(client.passed + server.passed, client.failed + server.failed, client.said + server.said)
    finally:
        run.keycloak_url = ""
        provider.stop()


# --- the order --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    name: str
    work: object
    needs: str = ""  # the preset whose build it takes
    when: str = "always"  # always, full (not with --quick), long


def stages(postgres: Postgres, redis: Redis) -> list[Stage]:
    return [
        Stage("format", check_format),
        Stage("layers", check_layers),
        Stage("tidy", check_tidy),
        Stage("tools", check_tools),
        Stage("build-dev", build_dev),
        Stage("build-headers", build_headers, when="long"),
        Stage("postgres", postgres.start, when="full"),
        Stage("redis", redis.start, when="full"),
        Stage("unit", unit, needs="dev"),
        Stage("json-schema", json_schema, needs="dev", when="full"),
        Stage("build-release", build_release, when="full"),
        Stage("hardening", check_hardening, needs="release", when="full"),
        Stage("cases-sqlite", cases_sqlite, needs="dev"),
        Stage("cases-postgres", cases_postgres, needs="dev", when="full"),
        Stage("description", check_description, needs="dev", when="full"),
        Stage("messages", messages, when="full"),
        Stage("contract-sqlite", contract_sqlite, needs="dev", when="full"),
        Stage("contract-postgres", contract_postgres, needs="dev", when="full"),
        # To be full with the first route that logs in there.
        Stage("browser", browser, when="long"),
        Stage("keycloak", keycloak, needs="release", when="full"),
        Stage("toxiproxy", toxiproxy, when="full"),
        Stage("e2e", e2e, needs="release", when="full"),
        Stage("kafka", kafka, needs="release", when="full"),
        Stage("tsan", tsan, when="full"),
        Stage("fuzz", fuzz, when="full" if (ROOT / "tests/fuzz").is_dir() else "never"),
    ]


def is_wanted(stage: Stage, options: argparse.Namespace) -> bool:
    if options.only:
        users = {"postgres": {"unit", "cases-postgres", "contract-postgres", "e2e", "kafka", "keycloak", "tsan"}, "redis": {"unit", "e2e", "tsan"},
                 "toxiproxy": {"e2e", "kafka"}}
        return stage.name in options.only or bool(users.get(stage.name, set()) & set(options.only))
    return stage.when == "always" or (stage.when == "full" and not options.quick) or (stage.when == "long" and options.long)


def run_stage(run: Run, stage: Stage) -> Outcome:
    print(f"{stage.name:<15} ", end="", flush=True)
    started = time.monotonic()
    if stage.needs in run.broken_builds:
        outcome = Outcome(0, 1, f"not run: the {stage.needs} build failed")
    else:
        outcome = stage.work(run)
    (LOGS / f"{stage.name}.log").write_text(outcome.said, encoding="utf-8")
    print(f"{outcome.passed:>5} passed, {outcome.failed} failed  {time.monotonic() - started:6.1f} s", flush=True)
    if outcome.failed:
        print("\n".join("    " + line for line in outcome.said.splitlines()[-60:]))
        print(f"    (all of it: build/test-logs/{stage.name}.log)", flush=True)
    return outcome


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/test")
    parser.add_argument("--quick", action="store_true", help="checks, unit tests, cases on SQLite")
    parser.add_argument("--long", action="store_true", help="headers alone, long fault rows, longer fuzzing, the pages in a browser")
    parser.add_argument("--only", action="append", metavar="NAME", help="one stage; may be repeated")
    parser.add_argument("--list", action="store_true", help="name the stages")
    return parser.parse_args()


def stop_on_signal(number, _frame):
    raise SystemExit(128 + number)


def main() -> int:
    options = parse_options()
    LOGS.mkdir(parents=True, exist_ok=True)
    postgres, redis = Postgres(), Redis()
    try:
        signal.signal(signal.SIGTERM, stop_on_signal)
        session.hear_interrupts()
        known = stages(postgres, redis)
        if options.list:
            print("\n".join(stage.name for stage in known))
            return 0
        unknown = set(options.only or []) - {stage.name for stage in known}
        if unknown:
            print(f"no stage {', '.join(sorted(unknown))}; --list names them", file=sys.stderr)
            return 2
        run = Run(quick=options.quick, long=options.long)
        outcomes = [run_stage(run, stage) for stage in known if is_wanted(stage, options)]
    finally:
        postgres.stop()
        redis.stop()
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
