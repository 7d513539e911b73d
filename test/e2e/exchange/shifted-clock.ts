/** Loaded before a program, it sets the program's clock ahead by so many seconds. What is timed by Node itself stays. */
const ahead = Number(process.env.CLOCK_AHEAD_SECONDS) * 1000;
if (!Number.isFinite(ahead)) throw new Error("CLOCK_AHEAD_SECONDS must be a number");

const RealDate = Date;
const now = (): number => RealDate.now() + ahead;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, asked) => Reflect.construct(target, given.length === 0 ? [now()] : given, asked) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, property) => (property === "now" ? now : (Reflect.get(target, property) as unknown)),
});
