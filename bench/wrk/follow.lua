-- A client that takes up the new ETag when a calendar has changed; counts how often it came whole.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  whole, odd = 0, 0
  asked = wrk.format()
end

function request()
  return asked
end

function response(status, headers, body)
  if status == 200 then
    whole = whole + 1
    wrk.headers["If-None-Match"] = headers["etag"] or headers["ETag"]
    asked = wrk.format()
  elseif status ~= 304 then
    odd = odd + 1
  end
end

function done(summary, latency, requests)
  local errors, all, others = summary.errors, 0, 0
  for _, thread in ipairs(threads) do
    all, others = all + thread:get("whole"), others + thread:get("odd")
  end
  io.stderr:write(string.format(
    '{"requests": %d, "seconds": %.6f, "whole": %d, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, all,
    others + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
