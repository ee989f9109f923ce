/* Before anything is drawn: a mark that scripts run. */
document.documentElement.classList.add("scripts");
