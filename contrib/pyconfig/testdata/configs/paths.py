from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
ROOT = BASE_DIR.parent
DATA = BASE_DIR / "data" / "files"
UPLOAD_FOLDER = str(BASE_DIR / "uploads")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{BASE_DIR / 'app.db'}"
ALTERNATIVE_URI = "sqlite:///" + str(BASE_DIR.joinpath("other.db"))
NAME = Path(__file__).name
STEM = Path(__file__).stem
PARENTS = [str(p) for p in Path(__file__).parents]
STATIC = [BASE_DIR / name for name in ("css", "js")]
KEY_FILE = Path("/run/secrets") / "key"
IS_ABSOLUTE = KEY_FILE.is_absolute()
