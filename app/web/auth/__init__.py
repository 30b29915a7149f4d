"""Signing in.

Decision: a small layer of our own on argon2-cffi and sessions kept in PostgreSQL (`actions/accounts.py`). The library
does the cryptography; ours are pages and tables. Second factor and passkeys by `pyotp` and `webauthn`, which are
libraries of the same kind (`actions/second_factor.py`, `actions/passkeys.py`). Turned down: Flask-Security-Too. It
brings a datastore shaped like Flask-SQLAlchemy, Flask-Login with its signed remember-me cookie (nobody can end such a
session from the server), its own roles, pages, mails and translations (no Kazakh), and some hundred settings.

Numbers (OWASP cheat sheets on passwords and sessions): argon2id with 19 MiB, two passes, one lane; a session is 256
random bits, of which the database keeps a hash; it gets a new token at sign-in and at each change of the password.
It lasts 12 hours, a dispatcher's shift, and 2 hours without use: longer than OWASP's half hour, because a duty desk
waits for hours with a half-written note open. In return a person sees and ends their sessions, and disabling an
account or changing its password ends all of them at once. Ten failures in 15 minutes under one address, known or
not, from one network pause that address for that network; a hundred in an hour from anywhere pause it for all. So
nobody keeps a dispatcher out with ten wrong passwords; what that costs is told in `actions/brake.py`.

REQUIRE_SECOND_FACTOR lists roles that open nothing but the page where a second factor is set up until they have one.
Decision: from the next request on, without days of grace, since it takes a minute and needs nothing but a phone; and
for no role by default, so that the product can be tried out. `qauip check` says so where it is not a demonstration.
"""
