import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CLIENT = join(__dirname, "../../client/typescript");

test("the client brings nothing but itself and Node, so that an agent pays for nothing else", () => {
  const files = readdirSync(CLIENT).filter((file) => file.endsWith(".ts"));
  const imports = files.flatMap((file) =>
    [...readFileSync(join(CLIENT, file), "utf8").matchAll(/(?:from|import|require\()\s*"([^"]+)"/g)].map(
      (match) => match[1] as string,
    ),
  );
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter((specifier) => !/^(\.\/|node:)/.test(specifier))).toEqual([]);
});
