"""moto's server, with the one thing its KMS lacks: moto 5.2.5 hashes a digest once more, KMS signs it as it is."""

import threading

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey
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


KmsResponse.sign = answer_of_type
ECDSAPrivateKey.sign = sign_digest

if __name__ == "__main__":
    main()
