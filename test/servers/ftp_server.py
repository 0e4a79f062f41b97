"""An FTP server over one folder of this machine. Arguments: folder, port, ports for data, user, password, and of: tls, implicit, old."""

import datetime
import ipaddress
import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer


def write_certificate(path):
    """A fresh key, and a certificate for this machine that it has signed itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(at)) for at in ("127.0.0.1", "127.0.0.2"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.open(path + ".key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private + pem)
    with open(path, "wb") as file:
        file.write(pem)


def handler_of(options, folder):
    if "tls" not in options:
        return type("Plain", (FTPHandler,), {})
    from pyftpdlib.handlers import TLS_FTPHandler

    certificate = os.path.join(os.path.dirname(folder), "certificate.pem")
    if not os.path.exists(certificate):
        write_certificate(certificate)
    required = {"certfile": certificate + ".key", "tls_control_required": True, "tls_data_required": True}
    return type("Secure", (TLS_FTPHandler,), required)


def cut_after(count, lines):
    """The first lines of a listing; with 2.5 half of the third as well."""
    for line in lines:
        if count > 0:
            yield line[: int(len(line) * min(count, 1))]
        count -= 1


def cutting(handler, folder):
    """As behind a proxy that ends a line early, unnoticed by the server: a listing is cut, and told as sent. After how many lines, a file beside the folder says."""
    cut = os.path.join(os.path.dirname(folder), "cut-listings-after")

    def push(self, data, isproducer=False, file=None, cmd=None):
        if isproducer and cmd in ("MLSD", "LIST") and os.path.exists(cut):
            with open(cut) as count:
                data.iterator = cut_after(float(count.read()), data.iterator)
        handler.push_dtp_data(self, data, isproducer, file, cmd)

    return type("Cutting", (handler,), {"push_dtp_data": push})


def main():
    folder, port, data_ports, user, password, *options = sys.argv[1:]
    handler = cutting(handler_of(options, folder), folder)
    handler.authorizer = DummyAuthorizer()
    for name, perm in (("", "elradfmw"), ("-reader", "elr"), ("-blind", "er")):
        handler.authorizer.add_user(user + name, password, folder, perm=perm)
    handler.auth_failed_timeout = 0
    handler.passive_ports = [int(one) for one in data_ports.split(",")]
    if "old" in options:
        without = ("MLSD", "MLST")
        handler.proto_cmds = {name: about for name, about in FTPHandler.proto_cmds.items() if name not in without}
    FTPServer(("127.0.0.1", int(port)), handler).serve_forever()


main()
