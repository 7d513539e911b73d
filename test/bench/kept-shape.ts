import { DefaultTokenResolver, type IResolveContext, Lazy, StringConcat, Tokenization } from "cdktf";
import type { Construct } from "constructs";

const kept: IResolveContext[] = [];

/**
 * Keeps the shape that V8 gives to what cdktf resolves with, which cdktf copies for each value that it resolves.
 *
 * Objects that begin with some 1,500 different names, as those of that many resources do, leave V8 no room for another shape. One
 * that it has forgotten by then is made anew for each copy: a synth of 10,000 agents with cdktf alone takes five times as long, and
 * twice the memory. Ambit happens to keep it.
 */
export function keepShape(scope: Construct): void {
  const innermost = Lazy.stringValue({ produce: (context) => `${kept.push(context)}` });
  const options = { scope, resolver: new DefaultTokenResolver(new StringConcat()), preparing: false };
  Tokenization.resolve({ one: { inside: { another: [{ often: innermost }] } } }, options);
}
