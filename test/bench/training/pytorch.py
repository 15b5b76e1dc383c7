"""The same steps in PyTorch: python3 pytorch.py [BATCHES [STEPS]], 8,32 and 4 by default. Needs python3-torch only.

Forward, backward and Adam of softmax over 8 people, on noise: the whole network with live batch norm, and Block8 with what
follows it on features that were computed before, its batch norm fixed. Prints medians of pictures a second, each step but
the first, and the process's peak of memory.
"""

import os
import resource
import statistics
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures"))

import torch
from facenetPytorch import Network
from torch import nn

PEOPLE = 8


def speed(parts, forward, shape, steps):
    head = nn.Linear(512, PEOPLE)
    parameters = [p for part in [*parts, head] for p in part.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-4, eps=0.1)
    batch, labels = torch.randn(2 * shape[0], *shape[1:]), torch.arange(shape[0]) % PEOPLE
    speeds = []
    for step in range(steps + 1):
        began = time.perf_counter()
        optimiser.zero_grad()
        first = step % 2 * shape[0]
        loss = nn.functional.cross_entropy(head(forward(batch[first : first + shape[0]])), labels)
        loss.backward()
        optimiser.step()
        speeds.append(shape[0] / (time.perf_counter() - began))
    return statistics.median(speeds[1:]), sum(p.numel() for p in parameters)


def case(name, batch, steps):
    torch.manual_seed(1)
    torch.set_num_threads(os.cpu_count())
    network = Network()
    if name.startswith("full"):
        rest = lambda x: network(x)
        median, numbers = speed([network], rest, (batch, 3, 160, 160), steps)
    else:
        network.eval()
        rest = lambda x: network.last_bn(network.last_linear(network.block8(x).mean((2, 3))))
        median, numbers = speed([network.block8, network.last_linear, network.last_bn], rest, (batch, 1792, 3, 3), steps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name + f', batch {batch}':36}  {median:8.2f} pictures/s  {numbers / 1e6:.2f} M weights  {peak:.0f} MiB", flush=True)


if __name__ == "__main__":
    sizes = [int(size) for size in (sys.argv[1] if len(sys.argv) > 1 else "8,32").split(",")]
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    for batch in sizes:
        for name in ["frozen but Block8", "full, live batch norm"]:
            # A process each: its peak of memory must not count for the next.
            if os.fork() == 0:
                case(name, batch, steps)
                os._exit(0)
            os.wait()
    print(f"PyTorch {torch.__version__}, {os.cpu_count()} threads")
