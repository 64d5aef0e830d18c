-- Runs have ended; their last state is shown for a while.
-- ARGV: hint channel, seconds to live; then for each: run, player ('' where only Redis knows), app.
local channel, seconds = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now_text = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local hints = {}
for place = 3, #ARGV, 3 do
  local id, user, app = ARGV[place], ARGV[place + 1], ARGV[place + 2]
  local key = 'sse_board:run:' .. id
  local owner, ended = unpack(redis.call('HMGET', key, 'user', 'ended'))
  redis.call('ZREM', 'sse_board:runs:newest:' .. app, id)
  redis.call('ZREM', 'sse_board:runs:best:' .. app, id)
  if owner and not ended then
    redis.call('HSET', key, 'ended', now_text)
    redis.call('EXPIRE', key, seconds)
  end
  if not ended then hints[#hints + 1] = app .. '/' .. id .. '/' .. (owner or user) end
end
if #hints > 0 then redis.call('PUBLISH', channel, table.concat(hints, ' ')) end
return #hints
