import { QRCodeSVG } from 'qrcode.react';

/** For a camera: dark on white in both themes. */
export default function Qr({ text, label }: { text: string; label: string }) {
  return <QRCodeSVG value={text} size={184} marginSize={3} bgColor="#ffffff" fgColor="#1f1a12" title={label} className="rounded-md" />;
}
