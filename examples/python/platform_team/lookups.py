import ipaddress

from stacker.lookups.handlers import LookupHandler


class Cidr(LookupHandler):
    """${cidr 10.20.0.0/1}: the second block of 256 addresses from there; number 0 is the whole network (/16)."""

    @classmethod
    def handle(cls, value, context, provider):
        start, number = value.rsplit("/", 1)
        network = ipaddress.ip_network(start + "/16")
        if number == "0":
            return str(network)
        return str(list(network.subnets(new_prefix=24))[int(number)])
