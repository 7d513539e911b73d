import type { Socket } from "node:net";
import type { ConnectionLimits } from "./connection-limits";
import { CostlyAddresses } from "./costly-addresses";

/** Why a connection is not taken, or does not go on */
export type ConnectionRefusal = "address" | "costly" | "silent" | "total";

/** Either end of a connection's layers: that of TCP, or of TLS above it */
type Remote = Pick<Socket, "destroy" | "remoteAddress" | "remotePort">;

interface Open {
  readonly socket: Pick<Socket, "destroy">;
  readonly address: string;
  readonly since: number;
}

interface OfAddress {
  count: number;
  /** Names of those without a request, by when they came */
  readonly silent: Set<string>;
}

/** Where this share of a limit is reached, those that say nothing make room for those that come. */
const PRESSED = 0.5;

/**
 * Connections that are open, by the address that they come from. One that says nothing costs its client nothing: so one
 * address holds a part of them only, and where they become scarce, the oldest without a request give way.
 */
export class Connections {
  private readonly open = new Map<string, Open>();
  private readonly addresses = new Map<string, OfAddress>();
  private readonly silent = new Set<string>();
  private readonly costly: CostlyAddresses;

  /** @param refused told of each connection that is not taken, or ended for another */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly refused: (why: ConnectionRefusal, address: string) => void,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    this.costly = new CostlyAddresses(limits, elapsed);
  }

  /** Whether the connection is taken; else it is ended. */
  public take(socket: Pick<Socket, "once"> & Remote): boolean {
    const address = addressOf(socket);
    const own = this.addresses.get(address);
    if (own !== undefined) this.makeRoom(own.count, this.limits.connectionsPerAddress, own.silent);
    this.makeRoom(this.open.size, this.limits.connections, this.silent);
    const why = this.reasonAgainst(address);
    if (why === undefined) {
      this.add(socket, address);
      return true;
    }
    this.refused(why, address);
    socket.destroy();
    return false;
  }

  /** It has sent a request. */
  public heard(socket: Remote): void {
    this.hasSpoken(nameOf(socket));
  }

  /** What its peer presents takes longer to verify than anything that could be accepted: it does not go on. */
  public tooCostly(socket: Remote): void {
    this.costly.note(addressOf(socket));
    this.end(nameOf(socket), "costly");
  }

  public destroyAll(): void {
    for (const { socket } of this.open.values()) socket.destroy();
  }

  private reasonAgainst(address: string): ConnectionRefusal | undefined {
    if (this.open.size >= this.limits.connections) return "total";
    if ((this.addresses.get(address)?.count ?? 0) >= this.limits.connectionsPerAddress) return "address";
    return this.costly.mayConnect(address) ? undefined : "costly";
  }

  private add(socket: Pick<Socket, "once"> & Remote, address: string): void {
    const name = nameOf(socket);
    // The port may be taken again before the end of the last connection from it is told.
    const before = this.open.get(name);
    if (before !== undefined) this.forget(name, before.socket);
    const own = this.addresses.get(address) ?? { count: 0, silent: new Set<string>() };
    own.count += 1;
    own.silent.add(name);
    this.addresses.set(address, own);
    this.silent.add(name);
    this.open.set(name, { socket, address, since: this.elapsed() });
    socket.once("close", () => this.forget(name, socket));
  }

  /** Ends those that say nothing, the oldest first, while the limit is near and they had time to say something. */
  private makeRoom(count: number, limit: number, silent: ReadonlySet<string>): void {
    const latest = this.elapsed() - this.limits.patienceMilliseconds;
    let left = count;
    for (const name of silent) {
      if (left < limit * PRESSED || (this.open.get(name)?.since ?? 0) > latest) return;
      this.end(name, "silent");
      left -= 1;
    }
  }

  private end(name: string, why: ConnectionRefusal): void {
    const ended = this.open.get(name);
    if (ended === undefined) return;
    this.refused(why, ended.address);
    this.forget(name, ended.socket);
    ended.socket.destroy();
  }

  private forget(name: string, socket: Pick<Socket, "destroy">): void {
    const ended = this.open.get(name);
    if (ended?.socket !== socket) return;
    this.hasSpoken(name);
    this.open.delete(name);
    const own = this.addresses.get(ended.address) as OfAddress;
    own.count -= 1;
    if (own.count === 0) this.addresses.delete(ended.address);
  }

  private hasSpoken(name: string): void {
    this.silent.delete(name);
    this.addresses.get(this.open.get(name)?.address ?? "")?.silent.delete(name);
  }
}

/** An IPv4 address in the form of IPv6 (RFC 4291 section 2.5.5.2) is the same address. */
function addressOf({ remoteAddress = "" }: Remote): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "");
}

function nameOf(socket: Remote): string {
  return `${addressOf(socket)} ${socket.remotePort}`;
}
