-- A run begins, or is known again after Redis lost it.
-- ARGV: hint channel, seconds to live; run, player, name, app, its metric, started at; when it was found lost, or ''.
-- Moments are milliseconds since 1970. What Redis has already stays as it is.
local channel, seconds, id, user, name, app, metric, started, lost = unpack(ARGV)
local key = 'sse_board:run:' .. id
if redis.call('EXISTS', key) == 1 then return 0 end
redis.call('HSET', key, 'user', user, 'name', name, 'app', app, 'metric', metric, 'started', started)
if lost ~= '' then redis.call('HSET', key, 'lost', lost) end
redis.call('EXPIRE', key, seconds)
redis.call('SADD', 'sse_board:runs:apps', app)
redis.call('ZADD', 'sse_board:runs:newest:' .. app, started, id)
redis.call('ZADD', 'sse_board:runs:best:' .. app, 'NX', 0, id)
local own = 'sse_board:runs:of:' .. user
redis.call('ZADD', own, started, id)
redis.call('ZREMRANGEBYRANK', own, 0, -11)
redis.call('EXPIRE', own, seconds)
redis.call('PUBLISH', channel, app .. '/' .. id .. '/' .. user)
return 1
