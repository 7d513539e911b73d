/** A text that Terraform leaves as it is: what it would evaluate is escaped. */
export function literal(text: string): string {
  return text.replace(/([$%])\{/g, "$1$1{");
}
