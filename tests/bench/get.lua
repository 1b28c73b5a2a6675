-- Reads paths in turn. argv: file with one path per line, API key.
function init(args)
  paths = {}
  for line in io.lines(args[1]) do paths[#paths + 1] = "GET " .. line .. " HTTP/1.1\r\nHost: bench\r\nX-API-Key: " .. args[2] .. "\r\n\r\n" end
  at = math.random(#paths)
end
function request()
  at = at % #paths + 1
  return paths[at]
end
