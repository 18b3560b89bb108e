-- Sends prepared requests. Arguments: file of query strings, prefix of the path, first line, number of lines,
-- "once" or "cycle", number of threads. Threads take every n-th line. In "once" so many lines are sent, each once,
-- and wrk ends when they do; in "cycle" all lines of the file are sent over and over, beginning with the first one.
-- Prints one line of JSON at the end.

local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT = 2

local threads = 0
function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  local file, prefix, first, count = args[1], args[2], tonumber(args[3]), tonumber(args[4])
  once, all = args[5] == "once", tonumber(args[6])
  requests, at = {}, 0
  local made, line_number = {}, 0
  for line in io.lines(file) do
    local inside = not once or line_number >= first and line_number < first + count
    if inside and line_number % all == id then
      local request = made[line] or wrk.format(nil, prefix .. line)
      if not once then made[line] = request end
      requests[#requests + 1] = request
    end
    line_number = line_number + 1
  end
  if not once then at = math.floor(first / all) end
end

function request()
  at = at + 1
  if at > #requests then
    if once and not stopped then
      stopped = true
      wrk.thread:stop()
      -- The main thread sleeps out the time given on the command line; SIGINT makes it write its report.
      if all == 1 then ffi.C.kill(ffi.C.getpid(), SIGINT) end
    end
    at = 1
  end
  return requests[at]
end

function done(summary, latency)
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50":%.6f,"p99":%.6f,"bytes":%d,"failed":%d,"refused":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    summary.bytes, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.errors.status))
end
