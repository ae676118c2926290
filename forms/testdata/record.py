"""Prints what the WTForms that it finds accepts and refuses, as JSON: python3 testdata/record.py > testdata/wtforms-VERSION.json

It asks the validators of WTForms' documentation about texts that people type. None is a field that was not sent. The name of each is what a
test in Go finds the struct by that has the same rules as tags."""
import json
import re
import sys
from importlib.metadata import version

from wtforms import BooleanField, FloatField, Form, IntegerField, StringField
from wtforms import validators as v

TEXTS = [None, "", " ", "a", " a "]
NUMBERS = [None, "", "0", "4", "5", "7", "10", "11", "-5", "abc", "7.5", "0x7", "7 "]
FLOATS = [None, "", "4.9", "5", "7.5", "10.0", "10.1", "nan", "inf", "abc"]
LENGTHS = [None, "", "a", "ab", "abcd", "abcde", "äöüß", "äöüßé", "日本"]

EMAILS = [
    None, "", "foo", "bar.dk", "foo@", "@bar.dk", "foo@bar.dk", "123@bar.dk", "foo@456.dk", "foo@bar456.info", "foo+tag@bar.dk",
    "first.last@sub.bar.co.uk", "o'neil@bar.dk", "müller@exämple.de", "foo@bar", "foo@.bar.ab", "foo.@bar.co", ".foo@bar.co", "foo..x@bar.co",
    "foo@foo@bar.co", "foo@bar.c", "foo@-bar.com", "foo@bar-.com", "foo@bar..com", "a b@bar.com", "foo@bar.123", "\"a b\"@bar.com",
    "foo@[127.0.0.1]", "a" * 65 + "@bar.com", "foo@bar.ab12",
]
URLS = [
    None, "", "foobar", "foobar.dk", "http://", "http://foobar", "http://foobar.dk", "http://foobar.dk/", "https://foobar.dk/a", "http://foobar.dk:400/a",
    "http://foobar.museum/foobar", "http://127.0.0.1/foobar", "http://127.0.0.1:9000/fake", "http://foobar.dk/path?query=param",
    "http://foobar.dk/path?query=param&foo=faa", "http://foobar.dk?query=param&foo=faa", "http://foobar.d", "http://foobar.12", "http://foobar..dk",
    "http://localhost:abc/a", "http://localhost/foobar", "http://user:pw@foobar.dk/", "http://foobar.dk@evil.example/", "ftp://foobar.dk/", "javascript:alert(1)",
    "//foobar.dk/", "http://-a.com/", "http://foo_bar.dk/",
]
IPS = [
    None, "", "127.0.0.1", "0.0.0.0", "255.255.255.255", "1278.0.0.1", "127.0.0.abc", "900.200.100.75", "127.0.0", "127.0.0.1:80", "::1", "2001:db8::1",
    "abc.0.0.1", "abcd:1234::123::1", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8", "abcd::1ffff", "fe80::1%eth0", "::ffff:1.2.3.4",
]
MACS = [None, "", "01:23:45:67:ab:CD", "00:00:00:00:00", "01:23:45:67:89:", "01:23:45:67:89:gh", "123:23:45:67:89:00", "01-23-45-67-89-ab"]
UUIDS = [
    None, "", "2bc1c94f-0deb-43e9-92a1-4775189ec9f8", "2BC1C94F-0DEB-43E9-92A1-4775189EC9F8", "2bc1c94f-deb-43e9-92a1-4775189ec9f8",
    "2bc1c94f-0deb-43e9-92a1-4775189ec9f", "gbc1c94f-0deb-43e9-92a1-4775189ec9f8", "2bc1c94f 0deb-43e9-92a1-4775189ec9f8",
    "2bc1c94f0deb43e992a14775189ec9f8", "{2bc1c94f-0deb-43e9-92a1-4775189ec9f8}",
]

optional, required = v.Optional(), v.InputRequired()
ASKED = [
    ("DataRequired", StringField, [v.DataRequired()], TEXTS),
    ("DataRequired of a number", IntegerField, [v.DataRequired()], [None, "", "0", "1", "abc"]),
    ("DataRequired of a box", BooleanField, [v.DataRequired()], [None, "", "y", "true", "false"]),
    ("InputRequired", StringField, [v.InputRequired()], TEXTS),
    ("InputRequired of a number", IntegerField, [v.InputRequired()], [None, "", "0", "1", "abc"]),
    ("Optional", StringField, [v.Optional()], TEXTS),
    ("Optional of a number", IntegerField, [v.Optional()], [None, "", " ", "0", "1", "abc"]),
    ("Length(min=2, max=4)", StringField, [optional, v.Length(min=2, max=4)], LENGTHS),
    ("Length(min=2)", StringField, [optional, v.Length(min=2)], LENGTHS),
    ("Length(max=4)", StringField, [optional, v.Length(max=4)], LENGTHS),
    ("Length(min=4, max=4)", StringField, [optional, v.Length(min=4, max=4)], LENGTHS),
    ("Length(min=2) alone", StringField, [v.Length(min=2)], LENGTHS),
    ("Length(min=2) required", StringField, [required, v.Length(min=2)], LENGTHS),
    ("NumberRange(min=5, max=10)", IntegerField, [optional, v.NumberRange(min=5, max=10)], NUMBERS),
    ("NumberRange(min=5)", IntegerField, [optional, v.NumberRange(min=5)], NUMBERS),
    ("NumberRange(max=5)", IntegerField, [optional, v.NumberRange(max=5)], NUMBERS),
    ("NumberRange(min=5, max=10) of floats", FloatField, [optional, v.NumberRange(min=5, max=10)], FLOATS),
    ("NumberRange(min=5) required", IntegerField, [required, v.NumberRange(min=5)], NUMBERS),
    ("Regexp(^a)", StringField, [optional, v.Regexp("^a")], [None, "", "a", "abc", "ba", "A"]),
    ("Regexp(^a, IGNORECASE)", StringField, [optional, v.Regexp("^a", re.IGNORECASE)], [None, "", "a", "ABC", "ba"]),
    ("Regexp(^[a-z]+$)", StringField, [optional, v.Regexp("^[a-z]+$")], [None, "", "abc", "ab1", "abc\n", "\nabc", "ABC"]),
    ("Email", StringField, [optional, v.Email()], EMAILS),
    ("URL", StringField, [optional, v.URL()], URLS),
    ("IPAddress", StringField, [optional, v.IPAddress()], IPS),
    ("IPAddress(ipv6=True)", StringField, [optional, v.IPAddress(ipv6=True)], IPS),
    ("IPAddress(ipv4=False, ipv6=True)", StringField, [optional, v.IPAddress(ipv4=False, ipv6=True)], IPS),
    ("MacAddress", StringField, [optional, v.MacAddress()], MACS),
    ("UUID", StringField, [optional, v.UUID()], UUIDS),
    ("AnyOf(a, b)", StringField, [optional, v.AnyOf(["a", "b"])], [None, "", "a", "b", "c", "A", "a,b"]),
    ("AnyOf(1, 2)", IntegerField, [optional, v.AnyOf([1, 2])], [None, "", "1", "2", "3", "01"]),
    ("NoneOf(a, b)", StringField, [optional, v.NoneOf(["a", "b"])], [None, "", "a", "b", "c", "A", "a,b"]),
    ("EqualTo(other)", StringField, [v.EqualTo("other")], [None, "", "same", "Same", "same "]),
]


class Sent(dict):
    """What a form sends, as WTForms wants it."""

    def getlist(self, key):
        return [self[key]]


def ask(field, validators, text):
    class Asked(Form):
        value = field(validators=validators)
        other = StringField()

    sent = Sent(other="same")
    if text is not None:
        sent["value"] = text
    form = Asked(sent)
    accepts = form.validate()
    return {"sent": text, "accepts": accepts, "says": list(form.value.errors)}


cases = [{"validator": name, "field": field.__name__, "texts": [ask(field, validators, text) for text in texts]}
         for name, field, validators, texts in ASKED]
json.dump({"wtforms": version("WTForms"), "email_validator": version("email-validator"), "cases": cases}, sys.stdout, indent=1, ensure_ascii=False)
print()
