/** What a file says, in the letters that it declares: older readers wrote theirs in Latin-1. */
export function xmlText(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const said = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/i.exec(head)?.[1];
  try {
    return new TextDecoder(mark ?? said ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export async function readXml(file: File): Promise<string> {
  const bytes = await new Promise<ArrayBuffer>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as ArrayBuffer);
    reader.onerror = () => failed(reader.error ?? new Error('The file could not be read.'));
    reader.readAsArrayBuffer(file);
  });
  return xmlText(new Uint8Array(bytes));
}
