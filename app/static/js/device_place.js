// "Show that I am here": the device's place and time go into hidden fields of the form, when asked and not before.
// Without script or without leave nothing is sent, and a second person confirms the fix.

const WAIT = { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 };

function offer(box) {
  const said = box.querySelector("[data-said]");
  const field = (name) => box.querySelector(`[name=${name}]`);
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      field("device_lat").value = coords.latitude.toFixed(6);
      field("device_lon").value = coords.longitude.toFixed(6);
      field("device_time").value = new Date().toISOString();
      said.textContent = said.dataset.good;
    }, () => { said.textContent = said.dataset.bad; }, WAIT);
  });
}

if ("geolocation" in navigator) document.querySelectorAll("[data-device]").forEach(offer);
