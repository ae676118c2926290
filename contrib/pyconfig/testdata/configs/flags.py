# Feature flags, turned on in layers.
import os

_defaults = {
    "new_checkout": False,
    "dark_mode": True,
    "beta": {"search": False, "percent": 12.5},
}
_enabled = set(os.environ.get("FEATURES", "").lower().split())

FEATURES = {**_defaults, "extra": None}
for name in sorted(_enabled):
    FEATURES[name] = True
FEATURES["beta"]["search"] |= "beta-search" in _enabled

FEATURE_DARK_MODE = bool(FEATURES["dark_mode"])
FEATURE_COUNT = len([f for f in FEATURES.values() if f])
ENABLED = sorted(_enabled)
ALL = {*_enabled, "core"}
LIMITS = dict(free=10, pro=100, **{"team-plan": 1_000})
TIERS = tuple(LIMITS)
HIGHEST = max(LIMITS.values())
RANGE_OK = 0 < HIGHEST <= 1_000
if "unlimited" in _enabled and not RANGE_OK:
    LIMITS["pro"] = None
