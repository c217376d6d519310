"""Publishes the lines of a file with Paho for Python and waits until all are acknowledged."""
import sys
import threading
import time

import paho.mqtt.client as mqtt

port, authority, qos, window, path = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
lines = open(path, "rb").read().splitlines()
client = mqtt.Client("paho")
client.max_inflight_messages_set(window)
client.max_queued_messages_set(0)
if authority != "-":
    client.tls_set(authority)
connected = threading.Event()
done = threading.Event()
acknowledged = 0


def on_publish(*_):
    global acknowledged
    acknowledged += 1
    if acknowledged == len(lines):
        done.set()


client.on_connect = lambda *_: connected.set()
client.on_publish = on_publish
client.connect("localhost", port)
client.loop_start()
connected.wait()
start = time.perf_counter()
for line in lines:
    client.publish("iot-2/evt/status/fmt/json", line, qos)
done.wait()
print(f"seconds={time.perf_counter() - start!r}", flush=True)
client.disconnect()
client.loop_stop()
