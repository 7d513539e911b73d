import { linesTogether } from "../../runtime/log";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test("lines of one moment are written together, in their order, and at once where the process ends", () => {
  const written: string[] = [];
  const { line, flush } = linesTogether((lines) => void written.push(lines));
  line("a\n");
  line("b\n");
  expect(written).toEqual([]);
  jest.advanceTimersByTime(25);
  expect(written).toEqual(["a\nb\n"]);
  line("c\n");
  flush();
  flush();
  jest.advanceTimersByTime(25);
  expect(written).toEqual(["a\nb\n", "c\n"]);
});
