"""moto's server, with what its KMS lacks: moto 5.2.5 hashes a digest once more, KMS signs it as it is; and it has no Ed25519.
The keys that sign the audit log, and cosign logs of others, are ones, under the spec that it is made with here: the AWS provider of before 6.21 knows no other."""

import threading

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from moto.kms.models import Key
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey
from moto.moto_api._internal import mock_random as random
from moto.server import main

request = threading.local()
answer = KmsResponse.sign
sign = ECDSAPrivateKey.sign


def answer_of_type(self):
    request.digest = self._get_param("MessageType") == "DIGEST"
    return answer(self)


def sign_digest(self, message, signing_algorithm):
    if not request.digest or signing_algorithm != "ECDSA_SHA_256":
        return sign(self, message, signing_algorithm)
    return self.private_key.sign(message, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


class Ed25519PrivateKey:
    def __init__(self):
        # As moto draws its other keys: a server that does again what it did has the same one.
        self.private_key = ed25519.Ed25519PrivateKey.from_private_bytes(random.getrandbits(256).to_bytes(32, "big"))

    def sign(self, message, signing_algorithm):
        if request.digest or signing_algorithm != "ED25519_SHA_512":
            raise ValueError(f"an Ed25519 key signs messages by ED25519_SHA_512, got {signing_algorithm}")
        return self.private_key.sign(message)

    def public_key(self):
        encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private_key.public_key().public_bytes(encoding, form)


OF_NOTES = ("Ambit: signs audit-log", "Ambit: signs cosignatures")
make_key = Key.__init__


def make_key_of_its_kind(self, *args, **kwargs):
    make_key(self, *args, **kwargs)
    if self.description in OF_NOTES:
        self.private_key = Ed25519PrivateKey()


of_other_kinds = Key.signing_algorithms.fget


def signing_algorithms_of_its_kind(self):
    return ["ED25519_SHA_512"] if self.description in OF_NOTES else of_other_kinds(self)


Key.__init__ = make_key_of_its_kind
Key.signing_algorithms = property(signing_algorithms_of_its_kind)
KmsResponse.sign = answer_of_type
ECDSAPrivateKey.sign = sign_digest

if __name__ == "__main__":
    main()
