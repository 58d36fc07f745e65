/** A ref for the chosen one of a row that scrolls sideways on a phone: it begins where it can be seen. */
export function inSight(element: HTMLElement | null): void {
  const row = element?.closest('nav');
  if (!element || !row) return;
  const show = () => {
    if (row.scrollWidth > row.clientWidth) row.scrollLeft += element.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
  };
  show();
  // Letters change their widths when the fonts are there.
  void document.fonts?.ready.then(show);
}
