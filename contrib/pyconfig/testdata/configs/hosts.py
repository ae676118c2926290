# Hosts, origins and proxies.
DOMAIN = "shop.example"
SUBDOMAINS = ["www", "api", "admin"]

TRUSTED_HOSTS = [DOMAIN, "." + DOMAIN] + ["localhost", "127.0.0.1"]
CORS_ORIGINS = ["https://%s.%s" % (sub, DOMAIN) for sub in SUBDOMAINS if sub != "admin"]
CORS_METHODS = ("GET", "POST", "PUT",)
CORS_HEADERS = {"Content-Type", "Authorization"}
BACKENDS = [
    {"host": f"10.0.0.{i}", "port": port, "weight": 1 / i}
    for i in range(1, 4)
    for port in (8080, 8081)
]
PRIMARY, SECONDARY = (b["host"] for b in BACKENDS[:2])
PROXY_FIX = {"x_for": 1, "x_proto": 1}
PROXY_FIX.update(x_host=1)
PORT_OF = {b["host"]: b["port"] for b in BACKENDS}
LAST_PORT = BACKENDS[-1]["port"]
