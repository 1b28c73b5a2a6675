-- Unique creates: each body names an artifact of its own. argv: receiver name, API key or access token or "-" for none, prefix.
local thread_count = 0
function setup(thread)
  thread:set("thread_id", thread_count)
  thread_count = thread_count + 1
end
function init(args)
  receiver, key, prefix = args[1], args[2], args[3]
  counter = 0
  local credential = key:sub(1, 2) == "ey" and "Authorization: Bearer " or "X-API-Key: "
  local line = key == "-" and "" or credential .. key .. "\r\n"
  headers = "Host: bench\r\n" .. line .. "Content-Type: application/json\r\nContent-Length: "
end
function request()
  counter = counter + 1
  local body = string.format(
    '{"event_receiver":"%s","name":"bench-app","version":"%s.%d.%d","release":"1","platform_id":"linux/amd64","package":"docker","description":"built and scanned","success":true,"payload":{"critical_count":0,"scanner":"grype 0.74","passed":true}}',
    receiver, prefix, thread_id, counter)
  return "POST /api/v1/events HTTP/1.1\r\n" .. headers .. #body .. "\r\n\r\n" .. body
end
function response(status)
  if status ~= 201 then failed = (failed or 0) + 1 end
end
