import { join } from "node:path";
import { lintImages } from "../../cli/lint-images";
import { scratch } from "../support/cli";

const folder = scratch("lint-images");
const put = (name: string, text: string): string => {
  folder.put(name, text);
  return join(folder.path, name);
};
const IMAGES = { "spire-agent": `mirror.acme.example/spiffe/spire-agent@sha256:${"3".repeat(64)}` };
put("judged/main.tf.json", "{}");
const judged = join(folder.path, "judged");

test("images are those of a file beside the folder", () => {
  expect(lintImages(put("judged.json", JSON.stringify(IMAGES)), judged)).toEqual(IMAGES);
});

test.each([
  ["lies in the folder", put("judged/images.json", JSON.stringify(IMAGES)), "lies in"],
  ["lies in the folder by another path", join(judged, "..", "judged", "images.json"), "lies in"],
  ["is not there", join(folder.path, "none.json"), "cannot be read: ENOENT"],
  ["is no JSON", put("text.json", "spire-agent"), "cannot be read"],
  ["is a list", put("list.json", JSON.stringify([IMAGES])), "must be an object of images by name"],
  ["has a tag", put("tag.json", '{"spire-agent":"a/spire-agent:1.15"}'), "spire-agent must be an image by its digest"],
  ["has a number", put("number.json", '{"spire-agent":1}'), "spire-agent must be an image by its digest, got 1"],
])("fails when the file %s", (_, file, said) => {
  expect(() => lintImages(file, judged)).toThrow(said);
});
