import type { Socket } from "node:net";
import { ConnectionGroups } from "./connection-groups";
import type { ConnectionLimits } from "./connection-limits";
import { CostlyAddresses } from "./costly-addresses";
import { Handshakes } from "./handshakes";
import { addressOf, nameOf, type Remote } from "./remote-address";
import { Yielding } from "./yielding";

/** Why a connection is not taken, or does not go on */
export type ConnectionRefusal = "address" | "costly" | "idle" | "network" | "silent" | "total" | "unauthenticated";

type Accepted = Pick<Socket, "bytesRead" | "destroy">;

interface Open {
  readonly socket: Accepted;
  /** Recorded on connect: after a reset the socket no longer has one */
  readonly address: string;
  /** Bytes of its first message */
  greeting: number;
  /** How far TLS is */
  handshake: "begun" | "over" | "waiting";
  hasSpoken: boolean;
}

/** Where this share of a limit is reached, those with the least claim to stay make room for those that come. */
const PRESSED = 0.5;

/**
 * Open connections, by client address. Idle connections cost a client nothing, so each address may hold only a share of
 * them; when they run short, unauthenticated clients are dropped first, then idle ones.
 */
export class Connections {
  private readonly open = new Map<string, Open>();
  private readonly groups: ConnectionGroups;
  private readonly yielding = new Yielding();
  private readonly costly: CostlyAddresses;
  private readonly handshakes: Handshakes;

  /** @param refused told of each connection that is not taken, or ended for another */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly refused: (why: ConnectionRefusal, address: string) => void,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    this.groups = new ConnectionGroups(limits);
    this.costly = new CostlyAddresses(limits, elapsed);
    this.handshakes = new Handshakes(limits, (name) => this.end(name, "silent"));
  }

  /** False if the connection is refused, and ended. */
  public take(socket: Accepted & Pick<Socket, "once"> & Remote): boolean {
    const address = addressOf(socket);
    if (address === "") {
      // It was reset before it could be accepted, and has no address any more.
      socket.destroy();
      return false;
    }
    for (const { count, limit, yielding } of this.groups.of(address)) this.makeRoom(count, limit, yielding);
    this.makeRoom(this.open.size, this.limits.connections, this.yielding);
    const why = this.reasonAgainst(address);
    if (why === undefined) {
      this.add(socket, address);
      return true;
    }
    this.refused(why, address);
    socket.destroy();
    return false;
  }

  /**
   * It has sent the beginning of a handshake. A client that does not even do that takes no other's turn.
   *
   * @param greeting bytes of its first message
   * @param begin called when the handshake may begin; never where the connection is ended instead
   */
  public greeted(socket: Remote, greeting: number, begin: () => void): void {
    const name = nameOf(socket);
    const known = this.open.get(name);
    if (known === undefined) return;
    known.greeting = greeting;
    this.each(known, (yielding) => yielding.addUnproven(name, this.elapsed()));
    const start = () => this.start(name, known, begin);
    if (this.tellsApart) this.handshakes.add(known.address, name, start);
    else start();
  }

  /** The handshake is over. False if that is of no use any more, as the peer has gone. */
  public secured(socket: Remote): boolean {
    const name = nameOf(socket);
    const known = this.open.get(name);
    if (known === undefined) return false;
    known.handshake = "over";
    this.handshakes.remove(known.address, name);
    return true;
  }

  /** It has sent a request. Until that is answered, an authenticated client does not give way. */
  public heard(socket: Remote): void {
    const name = nameOf(socket);
    const known = this.open.get(name);
    if (known === undefined) return;
    if (!this.yielding.isUnproven(name)) this.each(known, (yielding) => yielding.remove(name));
    else if (!known.hasSpoken) this.each(known, (yielding) => yielding.addUnproven(name, this.elapsed()));
    known.hasSpoken = true;
  }

  /** Its client is authenticated. */
  public proven(socket: Remote): void {
    const name = nameOf(socket);
    const known = this.open.get(name);
    if (known !== undefined) this.each(known, (yielding) => yielding.remove(name));
  }

  /** All of its requests are answered. */
  public rested(socket: Remote): void {
    const name = nameOf(socket);
    const known = this.open.get(name);
    if (known === undefined || this.yielding.isUnproven(name)) return;
    this.each(known, (yielding) => yielding.addIdle(name, this.elapsed()));
  }

  /** What its peer presents takes longer to verify than anything that could be accepted: it does not go on. */
  public tooCostly(socket: Remote): void {
    const name = nameOf(socket);
    const known = this.open.get(name);
    if (known === undefined) return;
    this.slowDown(known.address);
    this.end(name, "costly");
  }

  public destroyAll(): void {
    for (const { socket } of this.open.values()) socket.destroy();
  }

  private reasonAgainst(address: string): ConnectionRefusal | undefined {
    if (this.open.size >= this.limits.connections) return "total";
    return this.groups.of(address).find(({ count, limit }) => count >= limit)?.why;
  }

  private add(socket: Accepted & Pick<Socket, "once"> & Remote, address: string): void {
    const name = nameOf(socket);
    // The port can be reused before the close event of its last connection, or on another address of this machine.
    const before = this.open.get(name);
    if (before !== undefined) {
      this.noteUnfinished(name, before);
      this.forget(name, before.socket);
      before.socket.destroy();
    }
    this.groups.add(address);
    const known: Open = { socket, address, greeting: 0, handshake: "waiting", hasSpoken: false };
    this.open.set(name, known);
    this.each(known, (yielding) => yielding.addUnproven(name, this.elapsed()));
    socket.once("close", () => {
      if (this.open.get(name) === known) this.noteUnfinished(name, known);
      this.forget(name, socket);
    });
  }

  private start(name: string, known: Open, begin: () => void): void {
    if (this.tellsApart && !this.costly.mayConnect(known.address)) return this.end(name, "costly");
    known.handshake = "begun";
    begin();
  }

  /** Whether an address is a client's own: where one may have all connections, something in between hides them all behind it. */
  private get tellsApart(): boolean {
    return this.limits.connectionsPerAddress < this.limits.connections;
  }

  /** Ends those with the least claim to stay while the limit is near and they had time to do better. */
  private makeRoom(count: number, limit: number, yielding: Yielding): void {
    let left = count;
    for (const name of yielding.since(this.elapsed() - this.limits.patienceMilliseconds)) {
      if (left < limit * PRESSED) return;
      this.end(name, this.reasonToYield(name));
      left -= 1;
    }
  }

  private reasonToYield(name: string): ConnectionRefusal {
    if (!this.yielding.isUnproven(name)) return "idle";
    return this.open.get(name)?.hasSpoken === true ? "unauthenticated" : "silent";
  }

  private end(name: string, why: ConnectionRefusal): void {
    const unfinished = this.open.get(name);
    if (unfinished !== undefined && why !== "costly") this.noteUnfinished(name, unfinished);
    const ended = this.open.get(name);
    if (ended === undefined) return;
    this.refused(why, ended.address);
    this.forget(name, ended.socket);
    ended.socket.destroy();
  }

  private forget(name: string, socket: Accepted): void {
    const ended = this.open.get(name);
    if (ended?.socket !== socket) return;
    this.open.delete(name);
    this.each(ended, (yielding) => yielding.remove(name));
    this.groups.remove(ended.address);
    this.handshakes.remove(ended.address, name);
  }

  /** TLS verifies certificates as they arrive: who sends many of them and then goes has cost as much as who stays. */
  private noteUnfinished(name: string, { socket, address, greeting, handshake }: Open): void {
    if (handshake !== "begun" || socket.bytesRead - greeting <= this.limits.unfinishedBytes) return;
    this.slowDown(address);
    this.end(name, "costly");
  }

  /** Handshakes of the address that have begun end too: they may be about to cost as much. */
  private slowDown(address: string): void {
    this.costly.note(address);
    for (const name of this.handshakes.underWay(address)) this.end(name, "costly");
  }

  private each({ address }: Open, change: (yielding: Yielding) => void): void {
    change(this.yielding);
    for (const { yielding } of this.groups.of(address)) change(yielding);
  }
}
