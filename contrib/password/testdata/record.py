"""Prints password hashes of the Werkzeug that it finds as JSON: python3 testdata/record.py > testdata/werkzeug.json

scrypt needs Werkzeug 2.3, and Python with OpenSSL."""

import importlib.metadata
import json

from werkzeug.security import generate_password_hash

passwords = ["grüße ☃ 𝄞", "", "correct horse", "with\0zero", "$dollar$signs$", "x" * 200]
lengths = [16, 1, 32, 16, 8, 16]
cheap = ["scrypt:1024:4:2", "scrypt:16384:8:1", "pbkdf2:sha1:1000", "pbkdf2:sha224:1000", "pbkdf2:sha256:1",
         "pbkdf2:sha384:1000", "pbkdf2:sha512:1000"]
dear = ["scrypt", "pbkdf2", "pbkdf2:sha256:600000"]

vectors = [{"password": password, "hash": generate_password_hash(password, method, length)}
           for methods, count in [(cheap, 6), (dear, 1)]
           for method in methods for password, length in list(zip(passwords, lengths))[:count]]
print(json.dumps({"werkzeug": importlib.metadata.version("werkzeug"), "vectors": vectors}, indent=1))
