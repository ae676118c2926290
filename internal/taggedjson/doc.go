// Package taggedjson is Flask's tagged JSON, the one encoding of session values.
//
// JSON knows fewer types than a session holds. Flask writes the others as an object with one key that
// begins with a space, and reads them back:
//
//	tuple      {" t":[1,2]}
//	bytes      {" b":"YWJj"}                              standard base64, padded
//	markup     {" m":"<b>"}
//	UUID       {" u":"00000000000000000000000000000001"}  hexadecimal, no dashes
//	time       {" d":"Tue, 02 Jan 2024 03:04:05 GMT"}     UTC, whole seconds
//	an object that looks like one of these: {" t":1}  is  {" di":{" t__":1}}
//
// # Writing
//
// [Codec.Append] writes the canonical form, the bytes that Flask writes for the same value: no white
// space, keys sorted by code point, ASCII only, floats as Python's repr. Equal values give equal bytes,
// so a change is found by comparing them. What JSON cannot hold is an error that names the place.
//
// # Reading
//
// [Codec.Decode] gives typed values, [Codec.DecodeInto] fills a variable of the caller's type, and
// [Codec.Split] splits an object into its undecoded members in one pass. All of them check the whole
// syntax and are stricter than encoding/json: text must be valid UTF-8 without lone surrogates, and
// nesting ends at [MaxDepth]. Integers keep every digit. Nothing is repaired: what would come back
// changed is refused, but for what [Types] Python says.
package taggedjson
