#!/usr/bin/env python3
"""Captures a TCP ladder (tcp-ladder/1) from the kernel of this machine, for `visualizer check`.

Two network namespaces are joined by a wire that loses, delays and doubles segments by chance, with a seed.
At both ends programs connect, write, read, end their streams, close and abort, by the same seed. Each call
and each segment is noted with the states of both ends before and after. The machine should be idle: a busy
one makes the wire late.

    sudo scripts/capture-ladder.py ladder.json --seed 7 --connections 2 --loss 0.1 --late 0.05
    visualizer check ladder.json

Needs Linux, root and iproute2; leaves nothing behind.
"""
import argparse
import collections
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

STATES = {
    1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RCVD", 4: "FIN_WAIT_1", 5: "FIN_WAIT_2", 6: "TIME_WAIT", 7: "CLOSED",
    8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "SYN_RCVD",
}
FLAGS = [("FIN", 1), ("SYN", 2), ("RST", 4), ("PSH", 8), ("ACK", 16), ("URG", 32)]
SYSCTL = {
    "tcp_early_retrans": 3, "tcp_ecn": 0, "tcp_fastopen": 0, "tcp_fin_timeout": 60, "tcp_no_metrics_save": 1,
    "tcp_orphan_retries": 0, "tcp_rfc1337": 0, "tcp_rto_min_us": 200000, "tcp_sack": 1, "tcp_timestamps": 1,
    "tcp_tw_reuse": 2,
}
SIDES = ("client", "server")
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
TCP_CONGESTION = 13
SOCK_DIAG_BY_FAMILY = 20
LATENESS = [0.004, 0.013, 0.027, 0.06, 0.11]
LETTERS = "abcdefghijklmnopqrstuvwxyz "
libc = ctypes.CDLL(None, use_errno=True)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("out", help="the file to write")
    add("--seed", type=int, default=1)
    add("--title", default="")
    add("--family", type=int, choices=(4, 6), default=4)
    add("--congestion", default="cubic", help="the kernel's congestion control at both ends")
    add("--connections", type=int, default=1)
    add("--spread", type=float, default=0.2, help="seconds within which they begin")
    add("--delay", type=float, default=10.0, help="the wire's delay one way, in ms")
    add("--loss", type=float, default=0.0, help="how many of all segments are lost, 0 to 1")
    add("--late", type=float, default=0.0, help="how many come late, and overtaken")
    add("--twice", type=float, default=0.0, help="how many come twice")
    add("--writes", type=int, default=4, help="writes of an end, at most")
    add("--largest", type=int, default=3000, help="bytes of a write, at most")
    add("--pause", type=float, default=0.15, help="seconds between two calls, at most")
    add("--abort", type=float, default=0.0, help="how many ends close with SO_LINGER 0")
    add("--unread", type=float, default=0.0, help="how many ends never read")
    add("--deaf", type=float, default=0.0, help="how many connections find no listener")
    add("--tail", type=float, default=3.0, help="seconds to go on where nothing but TIME_WAIT is left")
    add("--limit", type=float, default=60.0, help="seconds at most")
    return parser.parse_args()


class Host:
    """One end: a network namespace whose only link is a file of ours."""

    def __init__(self, side, address, peer, family, congestion):
        self.side, self.address, self.peer, self.congestion = side, address, peer, congestion
        self.family = socket.AF_INET if family == 4 else socket.AF_INET6
        if libc.unshare(CLONE_NEWNET) != 0:
            sys.exit("capture-ladder: no network namespace; this needs root")
        self.namespace = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.wire = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.wire, TUNSETIFF, struct.pack("16sH22x", b"wire", IFF_TUN | IFF_NO_PI))
        length, more = ("24", []) if family == 4 else ("64", ["nodad"])
        subprocess.check_call(["ip", "address", "add", f"{address}/{length}", "dev", "wire", *more])
        subprocess.check_call("ip link set wire up txqueuelen 10000".split())
        subprocess.check_call("ip link set lo up".split())
        for name, value in SYSCTL.items():
            with open(f"/proc/sys/net/ipv4/{name}", "w") as file:
                file.write(str(value))
        self.diag = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 4)

    def socket(self):
        libc.setns(self.namespace, CLONE_NEWNET)
        made = socket.socket(self.family, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, TCP_CONGESTION, self.congestion.encode())
        return made

    def state(self, port, peer_port):
        """What the kernel says of a connection; LISTEN where only a listener would take its segments."""
        padded = [socket.inet_pton(self.family, each).ljust(16, b"\0") for each in (self.address, self.peer)]
        body = struct.pack("=BBBBI", self.family, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF)
        body += struct.pack("!HH", port, peer_port) + b"".join(padded) + struct.pack("=I", 0) + b"\xff" * 8
        self.diag.send(struct.pack("=IHHII", 16 + len(body), SOCK_DIAG_BY_FAMILY, 1, 1, 0) + body)
        answer = self.diag.recv(4096)
        if struct.unpack_from("=H", answer, 4)[0] != SOCK_DIAG_BY_FAMILY:
            return "CLOSED"
        state = STATES[answer[17]]
        is_ours = struct.unpack_from("!H", answer, 22)[0] == peer_port
        return state if is_ours or state == "LISTEN" else "CLOSED"


class Connection:
    def __init__(self, number, chance, args):
        self.number = number
        self.port = {"client": 40000 + 7 * number + args.seed % 7, "server": 8000 + number}
        self.state = dict.fromkeys(SIDES, "CLOSED")
        self.path = {side: ["CLOSED"] for side in SIDES}
        self.listener = None
        self.file, self.isn, self.sent, self.in_order = {}, {}, {}, {}
        self.has_begun = False
        self.closed, self.ended, self.shut = (dict.fromkeys(SIDES, False) for _ in range(3))
        self.unread = {side: chance.random() < args.unread for side in SIDES}
        self.aborts = {side: chance.random() < args.abort for side in SIDES}
        self.is_deaf = chance.random() < args.deaf


Packet = collections.namedtuple("Packet", "source target seq ack flags window options data")


def parse(raw):
    """A TCP segment of an IP packet; None for anything else."""
    if raw[0] >> 4 == 4:
        protocol, header, end = raw[9], 4 * (raw[0] & 15), struct.unpack_from("!H", raw, 2)[0]
    else:
        protocol, header, end = raw[6], 40, 40 + struct.unpack_from("!H", raw, 4)[0]
    if protocol != socket.IPPROTO_TCP:
        return None
    source, target, seq, ack, offset, bits, window = struct.unpack_from("!HHIIBBH", raw, header)
    data, at, found = header + 4 * (offset >> 4), header + 20, {}
    while at < data and raw[at] != 0:
        kind = raw[at]
        if kind == 1:
            at += 1
            continue
        value = raw[at + 2:at + raw[at + 1]]
        if kind == 2:
            found["mss"] = struct.unpack("!H", value)[0]
        elif kind == 3:
            found["wscale"] = value[0]
        elif kind == 4:
            found["sackOK"] = True
        elif kind == 5:
            found["sack"] = [list(struct.unpack_from("!II", value, i)) for i in range(0, len(value), 8)]
        elif kind == 8:
            found["tsval"], found["tsecr"] = struct.unpack("!II", value)
        at += raw[at + 1]
    flags = [name for name, bit in FLAGS if bits & bit]
    return Packet(source, target, seq, ack, flags, window, found, raw[data:end])


class Capture:
    def __init__(self, args):
        self.args = args
        self.addresses = ("192.0.2.1", "192.0.2.2") if args.family == 4 else ("2001:db8::1", "2001:db8::2")
        first, second = self.addresses
        self.client = Host("client", first, second, args.family, args.congestion)
        self.server = Host("server", second, first, args.family, args.congestion)
        self.hosts = {"client": self.client, "server": self.server}
        self.chance, self.fortune = random.Random(args.seed), random.Random(args.seed + 1000003)
        self.connections = [Connection(number, self.chance, args) for number in range(args.connections)]
        self.text = "".join(self.chance.choices(LETTERS, k=max(1448, args.largest))).encode()
        self.of_port = {each.port["client"]: each for each in self.connections}
        self.events, self.queue, self.segments, self.order = [], [], 0, 0
        time.sleep(0.3)
        for host in self.hosts.values():  # what the links said when they came up
            while self.read(host):
                pass
        self.start, self.epoch = time.monotonic(), time.time()

    def now(self):
        return time.monotonic() - self.start

    def at(self, time, action, *arguments):
        self.order += 1
        heapq.heappush(self.queue, (time, self.order, action, arguments))

    @staticmethod
    def read(host):
        try:
            return os.read(host.wire, 65536)
        except BlockingIOError:
            return None

    # What is noted

    def look(self, connection):
        """The states of both ends as they were, and as they are."""
        before, port = connection.state, connection.port
        client = self.client.state(port["client"], port["server"]) if "client" in connection.file else "CLOSED"
        server = self.server.state(port["server"], port["client"])
        if server == "LISTEN" and connection.has_begun:
            server = "CLOSED"
        connection.state = {"client": client, "server": server}
        for side in SIDES:
            if connection.path[side][-1] != connection.state[side]:
                connection.path[side].append(connection.state[side])
        return before, connection.state

    def note(self, time, kind, connection, states, **fields):
        row = {"i": len(self.events), "t": round(time, 6), "kind": kind, **fields, "conn": connection.number}
        row.update(before=dict(states[0]), after=dict(states[1]), detail={})
        self.events.append(row)
        return row["i"]

    # The wire

    def drain(self, maker=None, cause=None, states=None):
        """Takes what both ends have sent: `maker`, a connection and a side, did so because of `cause`."""
        for host in self.hosts.values():
            while raw := self.read(host):
                time, packet = self.now(), parse(raw)
                is_client = host.side == "client"
                connection = packet and self.of_port.get(packet.source if is_client else packet.target)
                if not connection:
                    continue
                if maker == (connection, host.side):
                    self.take(time, host.side, connection, packet, raw, cause, states)
                else:
                    self.take(time, host.side, connection, packet, raw, "timer", self.look(connection))

    def take(self, time, side, connection, packet, raw, cause, states):
        other = "server" if side == "client" else "client"
        if "SYN" in packet.flags:
            connection.isn[side] = packet.seq
        relative = (packet.seq - connection.isn[side]) % 2**32 if side in connection.isn else None
        has_ack = "ACK" in packet.flags
        relative_ack = (packet.ack - connection.isn[other]) % 2**32 if has_ack and other in connection.isn else None
        length = len(packet.data)
        count = length + ("SYN" in packet.flags) + ("FIN" in packet.flags)
        is_again = count > 0 and relative < connection.sent.get(side, 0)
        if count > 0:
            connection.sent[side] = max(connection.sent.get(side, 0), relative + count)
        draw, delay = self.fortune.random(), self.args.delay / 1000
        fate = "delivered"
        if draw < self.args.loss:
            fate = "dropped"
        elif draw < self.args.loss + self.args.late:
            fate = "delayed"
            delay += self.fortune.choice(LATENESS)
        segment = self.segments
        self.segments += 1
        shown = {"data": packet.data[:64].decode()} if length else {}
        self.note(
            time, "send", connection, states, seg=segment, side=side, cause=cause, flags=packet.flags, seq=packet.seq,
            ack=packet.ack if has_ack else None, len=length, rel_seq=relative, rel_ack=relative_ack,
            win=packet.window, opts=packet.options, retransmission=is_again, fate=fate, **shown)
        if fate == "dropped":
            return
        due = time + delay
        if fate == "delivered":  # what is not late keeps its order
            due = connection.in_order[side] = max(due, connection.in_order.get(side, 0))
        fields = {"seg": segment, "side": other, "flags": packet.flags, "seq": packet.seq, "len": length}
        self.at(due, self.deliver, other, connection, raw, fields)
        if self.fortune.random() < self.args.twice:
            self.at(due + 0.005, self.deliver, other, connection, raw, {**fields, "note": "a copy by the wire"})

    def deliver(self, side, connection, raw, fields):
        self.drain()
        time = self.now()
        if side == "server" and "SYN" in fields["flags"]:
            connection.has_begun = True
        os.write(self.hosts[side].wire, raw)
        states = self.look(connection)
        row = self.note(time, "recv", connection, states, **fields)
        self.drain((connection, side), {"recv": fields["seg"], "event": row}, states)

    def poll(self):
        """Sees what timers alone have changed."""
        self.drain()
        for connection in self.connections:
            if set(connection.state.values()) - {"CLOSED", "LISTEN"}:
                time, states = self.now(), self.look(connection)
                if states[0] != states[1]:
                    self.note(time, "state", connection, states, cause="timer")
        self.at(self.now() + 0.012, self.poll)

    # The programs

    def call(self, connection, side, name, action, **fields):
        """Makes a call and notes it; what it returned, and whether it has to wait."""
        self.drain()
        time, result = self.now(), None
        try:
            result = action()
        except BlockingIOError:
            return None, True
        except OSError as error:
            fields["error"] = f"{type(error).__name__}:{error.strerror}"
        states = self.look(connection)
        if "error" not in fields and name in ("send", "recv"):
            fields["result"] = result if name == "send" else result.decode()
        row = self.note(time, "app", connection, states, side=side, call=name, **fields)
        self.drain((connection, side), {"app": name, "event": row}, states)
        return result, False

    def listen(self, connection):
        def action():
            made = self.server.socket()
            made.bind((self.addresses[1], connection.port["server"]))
            made.listen(8)
            connection.listener = made

        self.call(connection, "server", "listen", action)

    def connect(self, connection):
        def action():
            made = connection.file["client"] = self.client.socket()
            made.bind((self.addresses[0], connection.port["client"]))
            try:
                made.connect((self.addresses[1], connection.port["server"]))
            except BlockingIOError:
                pass

        self.call(connection, "client", "connect", action)
        self.at(self.now() + 0.05, self.plan, connection, "client")

    def accept(self, connection):
        def action():
            connection.file["server"] = connection.listener.accept()[0]
            connection.file["server"].setblocking(False)

        if connection.state["server"] in ("ESTABLISHED", "CLOSE_WAIT"):
            self.call(connection, "server", "accept", action)
        if "server" in connection.file:
            self.at(self.now() + self.chance.uniform(0, 0.05), self.plan, connection, "server")
        else:
            self.at(self.now() + 0.02, self.accept, connection)

    def plan(self, connection, side):
        if connection.state[side] == "SYN_SENT":
            self.at(self.now() + 0.02, self.plan, connection, side)
            return
        chance, largest, time = self.chance, self.args.largest, self.now()
        self.at(time + chance.uniform(0.005, 0.05), self.receive, connection, side)
        for _ in range(chance.randint(0, self.args.writes)):
            time += chance.uniform(0.001, self.args.pause)
            sizes = [chance.randint(1, 200), chance.randint(1, largest), 1448, largest]
            self.at(time, self.write, connection, side, chance.choice(sizes))
        self.at(time + chance.uniform(0, self.args.pause), self.finish, connection, side, chance.random())

    def write(self, connection, side, count):
        if connection.closed[side] or connection.shut[side]:
            return
        data = self.text[:count]
        self.call(connection, side, "send", lambda: connection.file[side].send(data), args={"bytes": count})

    def receive(self, connection, side):
        if connection.closed[side] or connection.ended[side] or connection.unread[side]:
            return
        if select.select([connection.file[side]], [], [], 0)[0]:
            data, waits = self.call(connection, side, "recv", lambda: connection.file[side].recv(65536))
            connection.ended[side] = not waits and not data
        self.at(self.now() + self.chance.uniform(0.003, 0.04), self.receive, connection, side)

    def shutdown(self, connection, side):
        self.call(connection, side, "shutdown_wr", lambda: connection.file[side].shutdown(socket.SHUT_WR))
        connection.shut[side] = True

    def finish(self, connection, side, manner):
        """Ends the stream first, or waits for the other's end, or closes at once."""
        if connection.closed[side]:
            return
        waits = not (connection.ended[side] or connection.unread[side] or connection.aborts[side])
        if manner < 0.4 and not connection.shut[side]:
            self.shutdown(connection, side)
            self.at(self.now() + self.chance.uniform(0.1, 0.6), self.finish, connection, side, 1)
        elif manner < 0.85 and waits and self.now() < self.args.limit - self.args.tail:
            if manner < 0.6 and not connection.shut[side]:
                self.shutdown(connection, side)
            self.at(self.now() + 0.03, self.finish, connection, side, manner)
        else:
            if connection.aborts[side]:
                linger = struct.pack("ii", 1, 0)
                connection.file[side].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.call(connection, side, "close", lambda: connection.file[side].close())
            connection.closed[side] = True

    # All together

    def is_busy(self):
        over = {"CLOSED", "LISTEN", "TIME_WAIT"}
        return len(self.queue) > 1 or any(
            not each.has_begun or set(each.state.values()) - over for each in self.connections)

    def run(self):
        args = self.args
        for connection in self.connections:
            begin = self.now() + 0.05 + self.chance.uniform(0, args.spread if args.connections > 1 else 0)
            if not connection.is_deaf:
                self.listen(connection)
                self.at(begin + 0.04, self.accept, connection)
            self.at(begin, self.connect, connection)
        self.at(0.02, self.poll)
        ready = select.epoll()
        for host in self.hosts.values():
            ready.register(host.wire, select.EPOLLIN)
        quiet_since = None
        while self.now() < args.limit:
            left = self.queue[0][0] - self.now()
            if left > 0.0004:
                if ready.poll(left - 0.0003):
                    self.drain()
                continue
            while self.queue[0][0] > self.now():  # sleeping would be too coarse
                pass
            _, _, action, arguments = heapq.heappop(self.queue)
            action(*arguments)
            if self.is_busy():
                quiet_since = None
            elif quiet_since is None:
                quiet_since = self.now()
            elif self.now() - quiet_since > args.tail:
                break

    def ladder(self):
        args, sysctl = self.args, {name: str(value) for name, value in SYSCTL.items()}
        return {
            "schema": "tcp-ladder/1",
            "name": os.path.splitext(os.path.basename(args.out))[0],
            "title": args.title or f"by chance, seed {args.seed}",
            "kernel": "Linux " + ".".join(os.uname().release.split(".")[:2]),
            "family": args.family,
            "epoch": self.epoch,
            "one_way_delay_ms": args.delay,
            "endpoints": {side: {"ip": self.hosts[side].address} for side in SIDES},
            "sysctl": {side: sysctl for side in SIDES},
            "connections": [
                {
                    "id": each.number, "client_port": each.port["client"], "server_port": each.port["server"],
                    "isn": {side: each.isn.get(side) for side in SIDES}, "incarnations": [],
                } for each in self.connections
            ],
            "files": {},
            "paths": {str(each.number): each.path for each in self.connections},
            "measured": [], "must_match": ["paths", "segments"], "notes": [], "kernel_transitions": [], "samples": [],
            "events": self.events,
        }


def main():
    args = options()
    capture = Capture(args)
    capture.run()
    with open(args.out, "w") as file:
        json.dump(capture.ladder(), file)
    print(f"{args.out}: {len(capture.events)} rows, {capture.segments} segments")


main()
