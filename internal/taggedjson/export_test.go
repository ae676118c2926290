package taggedjson

// Members splits an object without the shortcuts and the tags of [Codec.Split].
func Members(data string, dst []Member) ([]Member, error) { return members(data, dst, false, nil) }

// AppendObject is what [Codec.Join] is made of.
func AppendObject(dst []byte, members []Member) []byte { return appendObject(dst, members) }
