"""A mail server for tests: aiosmtpd on a free port of the loopback.

Prints its port, then one JSON line for each mail it takes: sender, recipients, the bytes in base64, and whether the
connection was encrypted and logged in. Ends when its standard input is closed.
"""

import argparse
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "bytes": base64.b64encode(envelope.content).decode(),
                    "encrypted": session.ssl is not None
                    or server.transport.get_extra_info("sslcontext") is not None,
                    "authenticated": bool(session.authenticated),
                    "peer": session.peer[1],
                }
            ),
            flush=True,
        )
        return "250 kept as number 42"


async def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--certificate")
    arguments.add_argument("--key")
    arguments.add_argument("--implicit", action="store_true")
    arguments.add_argument("--login")
    given = arguments.parse_args()

    context = None
    if given.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.certificate, given.key)

    def authenticate(server, session, envelope, mechanism, data):
        name = f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=name == given.login, handled=False)

    def protocol():
        starttls = context is not None and not given.implicit
        return SMTP(
            Keeper(),
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=authenticate if given.login else None,
            auth_required=given.login is not None,
            auth_require_tls=True,
            loop=asyncio.get_running_loop(),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        protocol, "127.0.0.1", 0, ssl=context if given.implicit else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
