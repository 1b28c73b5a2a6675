-- Batches of unique events, as an array. argv: receiver name, API key, prefix, items a batch.
local thread_count = 0
function setup(thread)
  thread:set("thread_id", thread_count)
  thread_count = thread_count + 1
end
function init(args)
  receiver, key, prefix, items = args[1], args[2], args[3], tonumber(args[4])
  counter = 0
  headers = "Host: bench\r\nX-API-Key: " .. key .. "\r\nContent-Type: application/json\r\nContent-Length: "
  before = '{"event_receiver":"' .. receiver .. '","name":"bench-app","version":"' .. prefix .. "." .. thread_id .. "."
  after = '","release":"1","platform_id":"linux/amd64","package":"docker","description":"built and scanned","success":true,"payload":{"critical_count":0,"scanner":"grype 0.74","passed":true}}'
end
function request()
  local rows = {}
  for i = 1, items do
    counter = counter + 1
    rows[i] = before .. counter .. after
  end
  local body = "[" .. table.concat(rows, ",") .. "]"
  return "POST /api/v1/events/batch HTTP/1.1\r\n" .. headers .. #body .. "\r\n\r\n" .. body
end
