-- Keeps a new session under a key that has none, or one that has ended.
--
-- KEYS[1]  the hash of the session
-- ARGV[1]  the moment, and how many milliseconds the key shall live
-- ARGV     then fields and values
--
-- Returns 0 done, 3 what is there cannot be read, 4 there is one.
local key = KEYS[1]
local at, ttl = struct.unpack('>i8i8', ARGV[1])

local meta = redis.call('HGET', key, '\0m')
if meta then
	if #meta ~= 64 then
		return 3
	end
	local seen, idle, last = struct.unpack('>i8i8i8', meta, 9)
	local ending = seen + idle
	if last ~= -62135596800000 and last < ending then
		ending = last
	end
	if at < ending then
		return 4
	end
	redis.call('DEL', key)
elseif redis.call('EXISTS', key) == 1 then
	return 3
end

for i = 2, #ARGV, 4000 do
	redis.call('HSET', key, unpack(ARGV, i, math.min(i + 3999, #ARGV)))
end
redis.call('PEXPIRE', key, string.format('%d', ttl))
return 0
