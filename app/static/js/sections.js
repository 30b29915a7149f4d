// On a phone the sections are one line to swipe: bring the one that is open into sight.
document.querySelector(".sections [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
