(function () {
  var button = document.getElementById("copy");
  var report = document.getElementById("report");
  var said = document.getElementById("copied");
  if (!navigator.clipboard) { return; }
  button.hidden = false;
  button.addEventListener("click", function () {
    navigator.clipboard.writeText(report.value).then(
      function () { said.textContent = "Copied."; },
      function () { said.textContent = "The browser refused; copy it from below."; }
    );
  });
})();
