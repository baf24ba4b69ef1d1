/** The size of the user's terminal, which is the one they type at: standard input may be a terminal while the output goes to a file. */
import { windowSize } from "../../sys/tty.ts";

export interface TerminalSize { readonly height: number; readonly width: number }

/** undefined when neither standard input nor output is a terminal, or when it has no size. */
export function terminalSize(): TerminalSize | undefined {
  const size = windowSize(0) ?? windowSize(1);
  return size === undefined || size.height === 0 || size.width === 0 ? undefined : size;
}
