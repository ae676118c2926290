-- Notes that a session is about to be somebody's. The key lives as long as any claim that was ever made in it needs.
--
-- KEYS[1]  the hash of the owner: the claims by handle, and his mark
-- ARGV[1]  the handle
-- ARGV[2]  when it was claimed and until when it is needed
-- ARGV[3]  how many milliseconds the key shall live at least
local key, ttl = KEYS[1], tonumber(ARGV[3])

-- A request that has opened the session before another one made it live longer claims it for less: the longer time counts.
local times, before = ARGV[2], redis.call('HGET', key, ARGV[1])
if before and #before == 16 and select(2, struct.unpack('>i8i8', before)) > select(2, struct.unpack('>i8i8', times)) then
	times = times:sub(1, 8) .. before:sub(9)
end
redis.call('HSET', key, ARGV[1], times)
if redis.call('PTTL', key) < ttl then
	redis.call('PEXPIRE', key, ARGV[3])
end

-- One claim comes and up to four go, so that those nobody needs stay few. Clocks may differ by a day.
local now = struct.unpack('>i8', ARGV[2])
local some = redis.call('HRANDFIELD', key, 4, 'WITHVALUES')
for i = 1, #some, 2 do
	if #some[i] == 16 and #some[i + 1] == 16 then
		local _, last = struct.unpack('>i8i8', some[i + 1])
		if last + 86400000 < now and some[i] ~= ARGV[1] then
			redis.call('HDEL', key, some[i])
		end
	end
end
return 0
