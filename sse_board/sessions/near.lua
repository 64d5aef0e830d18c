-- Those who stand next to a run in its app, on both sides, the best first.
-- ARGV: app, run, how many on each side. Returns their ids; none when the run is not among the live ones.
local key = 'sse_board:runs:best:' .. ARGV[1]
local rank, side = redis.call('ZREVRANK', key, ARGV[2]), tonumber(ARGV[3])
if not rank then return {} end
return redis.call('ZREVRANGE', key, math.max(0, rank - side), rank + side)
