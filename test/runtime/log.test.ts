import { linesTogether } from "../../runtime/log";

test("lines of one turn are written together, in their order, and at once where the process ends", async () => {
  const written: string[] = [];
  const { line, flush } = linesTogether((lines) => void written.push(lines));
  line("a\n");
  line("b\n");
  expect(written).toEqual([]);
  await new Promise(setImmediate);
  expect(written).toEqual(["a\nb\n"]);
  line("c\n");
  flush();
  flush();
  await new Promise(setImmediate);
  expect(written).toEqual(["a\nb\n", "c\n"]);
});
