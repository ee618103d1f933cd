"""moto's server (serve.py), started for a test on a free port of its own."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAINSTAY = os.environ.get("MAINSTAY", str(ROOT / "build/release/mainstay"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class OnMoto(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.port = free_port()
        cls.log = open(os.path.join(cls.folder.name, "moto.log"), "w+")
        cls.moto = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/moto/serve.py"), str(cls.port)],
            stdout=cls.log, stderr=cls.log)
        for _ in range(300):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", cls.port)) == 0:
                    break
            time.sleep(0.1)

    @classmethod
    def tearDownClass(cls):
        cls.moto.terminate()
        cls.moto.wait()
        cls.log.close()
        cls.folder.cleanup()
