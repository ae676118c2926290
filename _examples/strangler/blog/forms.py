"""The forms. Their fields are drawn by templates/fields.html."""
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField
from wtforms import BooleanField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length


class RegisterForm(FlaskForm):
    username = StringField(_l("Name"), [DataRequired(_l("A name is needed.")), Length(max=40, message=_l("This is too long."))])
    password = PasswordField(_l("Password"), [DataRequired(_l("A password is needed."))])


class LoginForm(RegisterForm):
    remember = BooleanField(_l("Remember me"))


class PasswordForm(FlaskForm):
    password = PasswordField(_l("New password"), [DataRequired(_l("A password is needed."))])


class PostForm(FlaskForm):
    title = StringField(_l("Title"), [DataRequired(_l("A title is needed.")), Length(max=80, message=_l("This is too long."))])
    body = TextAreaField(_l("Text"))
    picture = FileField(_l("Picture"), [FileAllowed(["png", "jpg", "gif"], _l("A picture is a PNG, JPEG or GIF."))])
