-- Raises the mark of an owner, and returns it. It is a time in milliseconds, so that it rises even above a mark that a
-- failover has lost.
--
-- KEYS[1]  the hash of the owner
-- ARGV[1]  the moment
-- ARGV[2]  how many milliseconds the key shall live at least
local key = KEYS[1]
local mark = math.max((tonumber(redis.call('HGET', key, 'mark') or '0') or 0) + 1, tonumber(ARGV[1]))
redis.call('HSET', key, 'mark', string.format('%d', mark))
if redis.call('PTTL', key) < tonumber(ARGV[2]) then
	redis.call('PEXPIRE', key, ARGV[2])
end
return mark
