// Passkeys: allauth's scripts speak with the device, each form says by [data-passkey] which way it goes.
import { $, $$ } from "../ui.js";

const ways = window.allauth.webauthn.forms;
const BUTTON = "passkey-button";

for (const form of $$("form[data-passkey]")) {
  const credential = $("[name=credential]", form);
  const passwordless = $("[name=passwordless]", form);
  ways[form.dataset.passkey]({
    ids: {
      add: BUTTON,
      authenticate: BUTTON,
      login: BUTTON,
      credential: credential.id,
      passwordless: passwordless?.id,
      data: "passkey-data",
    },
  });
  // The device is asked anew: what was said of the last try is over.
  document.getElementById(BUTTON).addEventListener("click", () => { $("[data-passkey-refused]").hidden = true; });
  // Enter in the name asks for the passkey first, which a form without one lacks.
  form.addEventListener("submit", (event) => {
    if (credential.value) return;
    event.preventDefault();
    document.getElementById(BUTTON).click();
  });
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  $("[data-passkey-refused]").hidden = false;
});
