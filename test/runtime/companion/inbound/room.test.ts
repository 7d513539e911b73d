import { Room } from "../../../../runtime/companion/inbound/room";

test("a place is free again when its request is over", () => {
  const room = new Room(2, 2);
  const leave = room.enter();
  room.enter();
  expect(() => room.enter()).toThrow("companion.busy");
  leave();
  expect(() => room.enter()).not.toThrow();
});

test("one session has its own bound, and leaves the others theirs", () => {
  const room = new Room(100, 2);
  const leave = room.seat("a");
  room.seat("a");
  expect(() => room.seat("a")).toThrow("companion.busy");
  expect(() => room.seat("b")).not.toThrow();
  leave();
  expect(() => room.seat("a")).not.toThrow();
});
