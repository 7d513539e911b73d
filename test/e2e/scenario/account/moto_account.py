"""moto's server as Terraform needs it and as the exchange does: their programs say what of it is other than moto's own."""

import os
import sys

from moto.server import main

here = os.path.dirname(os.path.abspath(__file__))
sys.path.extend(os.path.join(here, "..", "..", suite) for suite in ("terraform", "exchange"))
import moto_once  # noqa: E402, F401
import moto_serial  # noqa: E402, F401

if __name__ == "__main__":
    main()
