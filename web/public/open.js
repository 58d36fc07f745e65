// Sends the page behind a link of a delivery on, once a person looks at it: programs that follow links, and browsers that
// load a page ahead, count as nobody.
(function () {
  var form = document.getElementById('open');
  function go() {
    if (document.prerendering || document.visibilityState !== 'visible' || navigator.webdriver) return;
    document.removeEventListener('visibilitychange', go);
    form.submit();
  }
  if (!form) return;
  document.addEventListener('visibilitychange', go);
  document.addEventListener('prerenderingchange', go);
  go();
})();
