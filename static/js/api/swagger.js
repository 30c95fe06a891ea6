/* /docs: the API for trying it out. Swagger UI is a script of its own, which has set SwaggerUIBundle. */

const place = document.getElementById("api");

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  // Elsewhere documents are checked by a service of its makers.
  validatorUrl: null,
  // Who is signed in tries it out as themselves; what changes something needs the token that our forms carry.
  requestInterceptor: (request) => {
    if (!request.loadSpec && new URL(request.url, location).origin === location.origin)
      request.headers["X-CSRFToken"] = place.dataset.csrfToken;
    return request;
  },
});
