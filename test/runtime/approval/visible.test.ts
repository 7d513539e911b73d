import { visibleParts } from "../../../runtime/approval/visible";

const visible = (text: string): string =>
  visibleParts(text)
    .map((part) => (part.unseen ? `⟨${part.text}⟩` : part.text))
    .join("");

test.each([
  ["a zero width space", "pay\u200bpal", "pay⟨U+200B⟩pal"],
  ["a soft hyphen", "pay\u00adpal", "pay⟨U+00AD⟩pal"],
  ["a right-to-left override", "100\u202e00", "100⟨U+202E⟩00"],
  ["an isolate of the other direction", "a\u2067b\u2069", "a⟨U+2067⟩b⟨U+2069⟩"],
  ["the mark of a direction", "a\u200f", "a⟨U+200F⟩"],
  ["an escape of a terminal", "\u001b[2Jok", "⟨U+001B⟩[2Jok"],
  ["a carriage return", "refused\rapproved", "refused⟨U+000D⟩approved"],
  ["a line feed", "a\nb", "a⟨U+000A⟩b"],
  ["a line separator", "a\u2028b", "a⟨U+2028⟩b"],
  ["a tag, which only machines read", "a\u{e0041}", "a⟨U+E0041⟩"],
  ["a variation selector", "a\ufe0f\u{e0100}", "a⟨U+FE0F⟩⟨U+E0100⟩"],
  ["a blank that does not break", "1\u00a0000", "1⟨U+00A0⟩000"],
  ["a filler that is drawn as nothing", "\u3164\u2800", "⟨U+3164⟩⟨U+2800⟩"],
  ["half a character", "a\ud800b", "a⟨U+D800⟩b"],
  ["what is for private use", "\ue000", "⟨U+E000⟩"],
  ["what has no character", "\u{378}", "⟨U+0378⟩"],
  ["a byte order mark", "\ufeffa", "⟨U+FEFF⟩a"],
  ["a null", "a\u0000", "a⟨U+0000⟩"],
])("%s is shown by its number", (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each([
  ["plain words", "Pay 12.50 € to Müller & Söhne."],
  ["other scripts", "東京 Ελλάδα кот"],
  ["a character of two halves", "🙂"],
  ["nothing", ""],
])("%s are left as they are", (_, text) => {
  expect(visible(text)).toBe(text);
});

test("the parts of a text are the whole of it, in order", () => {
  expect(visibleParts("ab\u202ec\u200b")).toEqual([
    { text: "ab", unseen: false },
    { text: "U+202E", unseen: true },
    { text: "c", unseen: false },
    { text: "U+200B", unseen: true },
  ]);
});
