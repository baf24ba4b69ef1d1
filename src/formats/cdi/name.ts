/** Names of CDI devices: `vendor/class=name` (Container Device Interface specification). Pure. */

export interface CdiName { readonly vendor: string; readonly class: string; readonly name: string }

const kindPart = "[A-Za-z](?:[\\w.-]*[A-Za-z0-9])?";
const kindPattern = new RegExp(`^(${kindPart})/(${kindPart})$`);
const namePattern = /^[A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?$/;

/** undefined for anything else, such as the path of a device node. */
export function parseCdiName(text: string): CdiName | undefined {
  const separator = text.indexOf("=");
  if (separator === -1) return undefined;
  const kind = parseCdiKind(text.slice(0, separator));
  const name = text.slice(separator + 1);
  return kind === undefined || !isCdiDeviceName(name) ? undefined : { ...kind, name };
}

export const isCdiName = (text: string): boolean => parseCdiName(text) !== undefined;
export const isCdiDeviceName = (name: string): boolean => namePattern.test(name);

/** `vendor/class`. */
export function parseCdiKind(text: string): { readonly vendor: string; readonly class: string } | undefined {
  const match = kindPattern.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { vendor: match[1], class: match[2] };
}
