(function () {
  var chosen = 'system';
  try {
    chosen = localStorage.getItem('bellwether.theme') || 'system';
  } catch {
    // Storage may be forbidden; the system's theme is a good answer then.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
